"""What a run is short of, and the next step towards it: it steers the machine to every act and every move. It judges nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.machine.chart_steps import courseless, open_move, unanswered_risk
from tests.machine.oracle import shut, sprayed
from tests.machine.site_steps import closed_days, decided_sessions, stranded
from tests.machine.snapshot import moment
from tests.machine.usual import HERE, before_dose, leave_next
from tests.machine.world import EARLY, Turn

Next = tuple[str, int]
# The act that makes a move.
ACTS = {
    "waiting": "wait", "held": "hold", "left": "record_left", "transferred": "record_transfer", "voided": "void_session", "cancelled": "cancel",
    "missed": "mark_missed", "booked": "rebook", "dosing": "record_device", "monitoring": "record_device", "discharged": "discharge",
}  # fmt: skip
BACK = {"waiting": "resume", "held": "reopen", "booked": "arrive"}
# The short way to a state.
TOWARDS: dict[str, dict[str, str]] = {
    "booked": {},
    "arrived": {"booked": "arrive", "waiting": "resume", "held": "reopen"},
    "waiting": {"booked": "arrive", "arrived": "wait"},
    "cleared": {"booked": "arrive", "waiting": "resume", "arrived": "before dose"},
    "held": {"booked": "arrive", "arrived": "hold"},
    "left": {"booked": "arrive", "arrived": "record_left"},
    "transferred": {"booked": "arrive", "arrived": "record_transfer"},
    "dosing": {"booked": "record_device", "arrived": "record_device"},
    "monitoring": {"booked": "record_device", "dosing": "record_device"},
    "discharged": {"booked": "record_device", "dosing": "record_device", "monitoring": "leave"},
    "cancelled": {"booked": "cancel"},
    "missed": {"booked": "mark_missed"},
    "voided": {"booked": "void_session"},
}
# Where an act belongs; in the order in which a session is sought.
WHERE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("arrive", "confirm_visit", "move_visit", "cancel", "mark_missed", "prepare", "cancel_by_patient", "ask_to_move"), ("booked",)),
    **dict.fromkeys(("answer_round", "clear_for_dosing", "decide", "wait", "hold"), ("arrived",)),
    **dict.fromkeys(("record_observation", "record_round", "record_event", "see_patient", "set_way_home", "record_left", "record_transfer"), HERE),
    **dict.fromkeys(("ask_help", "record_feeling", "enter_paper", "correct_observation", "withdraw", "reenter", "swap"), HERE),
    **dict.fromkeys(("undo_device", "correct_device"), ("monitoring", "dosing")),
    **dict.fromkeys(("record_readiness", "discharge", "discharge_early"), ("monitoring",)),
    "decide_next": ("missed", "held"), "rebook": ("cancelled", "missed"), "resume": ("waiting",), "reopen": ("held",), "start": ("cleared",), "record_device": ("booked", "arrived", "dosing"),
    "sign_departure": ("left",), "add_addendum": ("left", "discharged"),
}  # fmt: skip


def of(turn: Turn, word: str, is_wanted: Callable[[Any], bool]) -> list[Any]:
    return [row for row in turn.shot.rows(word) if is_wanted(row)]


def sessions_of(turn: Turn, word: str, is_wanted: Callable[[Any], bool]) -> list[int]:
    found = {row.session_id for row in of(turn, word, is_wanted) if row.session_id}
    return [pk for pk in sorted(found) if turn.shot.session(pk).status != "voided"]


def anywhere(turn: Turn, word: str, is_wanted: Callable[[Any], bool]) -> list[int]:
    """For an act that finds its own row: any session will do."""
    return [row.id for row in turn.shot.rows("treatmentsession")][:1] if of(turn, word, is_wanted) else []


def open_alerts(turn: Turn) -> list[int]:
    return sessions_of(turn, "alert", lambda row: row.closed_at is None and row.acknowledged_at is None)


def with_form(*statuses: str) -> Callable[[Turn], list[int]]:
    return lambda turn: sessions_of(turn, "monitoringform", lambda row: row.status in statuses)


def gone_with_form(turn: Turn) -> list[int]:
    """A form can be confirmed when the patient has gone."""
    return [pk for pk in with_form("owed")(turn) if turn.shot.session(pk).status in ("discharged", "left", "transferred")]


def sends(turn: Turn) -> list[int]:
    pending = {row.form_id for row in of(turn, "formsend", lambda row: row.outcome == "pending")}
    return sessions_of(turn, "monitoringform", lambda row: row.id in pending)


def offers(turn: Turn) -> list[int]:
    return anywhere(turn, "handover", lambda row: row.ended_at is None and row.accepted_at is None)


def watched(turn: Turn) -> list[int]:
    return [row.id for row in turn.shot.rows("treatmentsession") if row.status in HERE and row.monitor_id]


def waiting_devices(turn: Turn) -> list[int]:
    done = {row.device_id for row in turn.shot.rows("deviceconfirmation")}
    found = sessions_of(turn, "deviceuse", lambda row: row.counts_from is not None and row.id not in done)
    return [
        pk for pk in found if turn.shot.session(pk).status != "discharged" and any(row.counts_from for row in turn.shot.standing("deviceuse", pk))
    ]


def half_dosed(turn: Turn) -> list[int]:
    return [row.id for row in turn.shot.rows("treatmentsession") if row.status == "dosing" and sprayed(turn.shot, row)]


def to_tell(kind: str) -> Callable[[Turn], list[int]]:
    return lambda turn: [row.target_pk for row in of(turn, "notice", lambda row: row.kind == kind and row.resolved_at is None)]


def unconfirmed(turn: Turn) -> list[int]:
    user = {row.id: row.user_id for row in turn.shot.rows("membership")}
    return anywhere(turn, "dutyperiod", lambda row: row.is_prescriber and not row.confirmed_at and row.recorded_by_id != user[row.membership_id])


def still_open(word: str) -> Callable[[Turn], list[int]]:
    return lambda turn: anywhere(turn, word, lambda row: row.ended_at is None)


def closed_out(turn: Turn) -> list[int]:
    return [row.id for row in stranded(turn)]


def booked_ahead(turn: Turn) -> list[int]:
    closed = closed_days(turn)
    rows = [row for row in turn.shot.rows("treatmentsession") if row.status == "booked" and row.treatment_on > turn.today()]
    return [row.id for row in rows if row.treatment_on not in closed]


# What must be there before an act, and the act that brings it about.
AFTER: dict[str, tuple[Callable[[Turn], list[int]], str]] = {
    "acknowledge_alert": (open_alerts, "record_observation"),
    "close_alert": (lambda turn: sessions_of(turn, "alert", lambda row: row.closed_at is None), "record_observation"),
    "accept_chairs": (offers, "offer_chairs"), "decline_chairs": (offers, "offer_chairs"), "withdraw_offer": (offers, "offer_chairs"),
    "come_back": (lambda turn: anywhere(turn, "handover", lambda row: row.kind == "cover" and row.accepted_at and not row.ended_at), "accept_chairs"),
    "offer_chairs": (watched, "record_device"), "take_over": (watched, "record_device"), "stop_dosing": (half_dosed, "record_device"),
    "confirm_form": (gone_with_form, "let somebody go"), "send_form": (with_form("complete"), "confirm_form"),
    "amend_form": (with_form("complete", "sent", "filed"), "confirm_form"), "prove_send": (sends, "send_form"), "fail_send": (sends, "send_form"),
    "cosign_order": (lambda turn: anywhere(turn, "order", lambda row: row.is_spoken and not row.signed_at and not row.cancelled_at), "take_spoken_order"),
    "confirm_device": (waiting_devices, "record_device"),
    "confirm_presence": (unconfirmed, "record_presence"),
    "end_emergency": (still_open("emergency"), "press"), "record_entry": (still_open("emergency"), "press"), "tell": (still_open("emergency"), "press"),
    "set_place": (still_open("emergency"), "press"), "end_limits": (still_open("standingparameters"), "set_limits"),
    "log_attempt": (lambda turn: sessions_of(turn, "safetycall", lambda row: row.closed_at is None), "record_left"),
    "take_call": (lambda turn: sessions_of(turn, "safetycall", lambda row: row.closed_at is None), "record_left"),
    "answer_help": (lambda turn: sessions_of(turn, "helpcall", lambda row: row.answered_at is None), "ask_help"),
    "correct_adverse": (lambda turn: anywhere(turn, "adverseevent", lambda row: True), "record_adverse"),
    "report_by_phone": (lambda turn: anywhere(turn, "adverseevent", lambda row: row.is_serious), "record_adverse"),
    "tell_rems": (to_tell("tell_rems"), "void what was sent"), "void what was sent": (with_form("sent", "filed"), "send_form"),
    **dict.fromkeys(("accept_wish", "decline_wish", "grant_at_once"), (lambda turn: anywhere(turn, "movewish", lambda row: row.answer == ""), "ask_to_move")),
    "settle_answer": (to_tell("red_answer"), "prepare"),
    "report_complaint": (to_tell("product_complaint"), "record_device"),
    "accept": (closed_out, "add_closure"), "keep": (closed_out, "add_closure"), "add_closure": (booked_ahead, "book_plan"),
    "remove_closure": (lambda turn: anywhere(turn, "closure", lambda row: row.closed_on >= turn.today()), "add_closure"),
    "accept_lines": (decided_sessions, "decide_next"),
    "withdraw_policy": (lambda turn: anywhere(turn, "sitepolicy", lambda row: row.effective_on > turn.today()), "plan_policy"),
    "open_course": (lambda turn: [row.id for row in turn.shot.rows("treatmentsession")][:1] if courseless(turn) else [], "end_course"),
    "answer_risk": (lambda turn: anywhere(turn, "assessment", unanswered_risk(turn)), "record_score"),
    "withdraw_score": (lambda turn: anywhere(turn, "assessment", lambda row: not row.is_withdrawn), "record_score"),
    **dict.fromkeys(("tell_of_move", "call_off_move"), (lambda turn: anywhere(turn, "transferout", open_move), "plan_move")),
}  # fmt: skip


def towards(turn: Turn, aim: str | tuple[str, str]) -> Next:
    """The next step towards a move or an act."""
    if isinstance(aim, tuple):
        return next_move(turn, *aim)
    if aim == EARLY:
        return too_early(turn)
    if aim == "let somebody go":
        return next_move(turn, "monitoring", "left")
    if aim in AFTER:
        found, before = AFTER[aim]
        ready = found(turn)
        return (NAMES.get(aim, aim), turn.pick(ready)) if ready else towards(turn, before)
    if aim == "discharge_early" and in_state(turn, "monitoring"):
        return nearest_to_early(turn)
    if aim in WHERE:
        ready = in_state(turn, *WHERE[aim])
        return ready_step(turn, aim, turn.pick(ready)) if ready else bring(turn, *WHERE[aim])
    every = [row.id for row in turn.shot.rows("treatmentsession") if row.status != "voided"]
    return (aim, turn.pick(every)) if every else ("book", 0)


NAMES = {"void what was sent": "void_session"}


def in_state(turn: Turn, *statuses: str) -> list[int]:
    return [row.id for row in turn.shot.rows("treatmentsession") if row.status in statuses]


def bring(turn: Turn, *statuses: str) -> Next:
    """Some session a step nearer to one of these states."""
    for status in statuses:
        ways = TOWARDS[status]
        rows = [
            row for row in turn.shot.rows("treatmentsession") if row.status in ways and (row.status != "booked" or row.treatment_on == turn.today())
        ]
        if rows:
            row = turn.pick(rows[-4:])
            return ready_step(turn, ways[row.status], row.id)
    return "book", 0


def ready_step(turn: Turn, name: str, pk: int) -> Next:
    """What is to be done first, where an act has a gate."""
    if name in ("before dose", "clear_for_dosing", "start"):
        return before_dose(turn, pk), pk
    if name in ("leave", "discharge"):
        return leave_next(turn, pk), pk
    if name == "decide" and not turn.world.undecided.get(pk):
        return "clear_for_dosing", pk
    if name == "mark_missed" and moment(turn.shot.session(pk).starts_at) > turn.now:
        return "book", 0
    return name, pk


def nearest_to_early(turn: Turn) -> Next:
    """With the patient of whom most has been asked: in turn with others none would ever be ready."""
    firm = {"alert", "final check", "readiness"}
    ready = in_state(turn, "monitoring")
    best = min(ready, key=lambda pk: (len(firm & shut(turn.shot, turn.shot.session(pk), turn.now)), pk))
    return early_next(turn, best), best


def early_next(turn: Turn, pk: int) -> str:
    """OUT-3 passes the time and what was found; what nobody has asked is asked first."""
    reasons = shut(turn.shot, turn.shot.session(pk), turn.now)
    if "alert" in reasons:
        return "close_alert"
    if "final check" in reasons:
        return "record_observation"
    return "record_readiness" if "readiness" in reasons else "discharge_early"


def too_early(turn: Turn) -> Next:
    """A discharge before its time."""
    ready = [pk for pk in in_state(turn, "monitoring") if "time" in shut(turn.shot, turn.shot.session(pk), turn.now)]
    return ("discharge", turn.pick(ready)) if ready else bring(turn, "monitoring")


def next_move(turn: Turn, old: str, new: str) -> Next:
    if (old, new) == ("dosing", "held"):
        return hold_after_start(turn)
    ready = half_dosed(turn) if (old, new) == ("dosing", "monitoring") else in_state(turn, old)
    if (old, new) in (("cancelled", "booked"), ("missed", "booked")):
        ready = [pk for pk in ready if turn.shot.session(pk).treatment_on == turn.today()]
    if not ready:
        return bring(turn, old)
    if (old, new) == ("monitoring", "dosing"):
        return "undo_device", turn.pick(ready)
    name = BACK[old] if new == "arrived" else "clear_for_dosing" if new == "cleared" else ACTS[new]
    return ready_step(turn, name, turn.pick(ready))


def hold_after_start(turn: Turn) -> Next:
    """Started, and then no spray: held. A first device that is taken back comes to the same."""
    ready = in_state(turn, "dosing")
    if not ready:
        return bring(turn, "dosing")
    pk = turn.pick(ready)
    return ("undo_device" if sprayed(turn.shot, turn.shot.session(pk)) else "hold"), pk
