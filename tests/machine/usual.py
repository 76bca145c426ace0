"""What usually comes next for a session, by its raw rows: it steers the machine so that whole lives are lived. It judges nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.machine.oracle import shut
from tests.machine.snapshot import Snapshot, moment
from tests.machine.world import Turn

OVER = ("discharged", "left", "transferred", "voided")
LIVE = ("booked", "arrived", "waiting", "cleared", "held", "dosing", "monitoring")
HERE = ("arrived", "waiting", "cleared", "dosing", "monitoring")
MOST_LIVE = 3
# Beside the usual way: what also happens, now and then.
ASIDE: dict[str, tuple[str, ...]] = {
    "booked": ("cancel", "mark_missed", "move_visit", "confirm_visit", "record_device", "prepare", "ask_to_move", "cancel_by_patient"),
    "arrived": ("wait", "hold", "set_way_home", "record_device", "set_limits", "record_left", "record_transfer", "take_spoken_order"),
    "waiting": ("hold", "record_device", "record_round", "record_left", "record_transfer"),
    "cleared": ("wait", "hold", "record_device", "set_limits", "record_left", "record_transfer"),
    "held": ("reopen", "record_device", "add_addendum", "record_left", "record_transfer"),
    "dosing": (
        "hold", "hold", "clear_for_dosing", "stop_dosing", "undo_device", "correct_device", "confirm_device", "record_left", "record_transfer", "discharge",
    ),
    "monitoring": (
        "undo_device", "undo_device", "correct_device", "correct_device", "withdraw", "correct_observation", "set_limits", "record_device",
        "confirm_device", "discharge_early", "record_left", "record_transfer",
    ),
    "discharged": ("add_addendum", "record_device", "amend_form"),
    "left": ("sign_departure", "log_attempt", "take_call", "record_observation", "correct_device", "add_addendum", "record_device"),
    "transferred": ("record_observation", "correct_device", "add_addendum", "sign_departure"),
    "cancelled": ("rebook", "record_device", "record_device"),
    "missed": ("rebook", "decide_next", "record_device", "record_device"),
    "voided": ("add_addendum", "record_device"),
}  # fmt: skip
# What has little to do with the session's state.
BESIDE = (
    "press", "end_emergency", "record_entry", "tell", "set_place", "offer_chairs", "accept_chairs", "come_back", "take_over", "open_day", "close_day",
    "report_complaint", "record_presence", "record_adverse", "correct_adverse", "report_by_phone", "tell_rems", "ask_help", "answer_help",
    "record_feeling", "enter_paper", "book_plan", "accept_wish", "decline_wish", "settle_answer", "review_benefit",
)  # fmt: skip
# How often, of twelve times, something aside happens.
OFTEN = {"waiting": 6, "cleared": 6, "held": 5, "dosing": 4, "monitoring": 2, "cancelled": 8, "missed": 8, "booked": 2}


def usual(turn: Turn, pk: int) -> str:
    """The name of the step."""
    session = turn.shot.session(pk)
    if turn.pick(range(12)) >= 12 - OFTEN.get(session.status, 3):
        return turn.pick(ASIDE[session.status])
    if turn.pick(range(25)) == 1:
        return turn.pick(BESIDE)
    if turn.pick(range(30)) == 1:
        return turn.pick(["void_session", "reenter", "swap"])
    if session.status in OVER:
        return form_next(turn, pk)
    if session.status in ("booked", "held") and session.treatment_on != turn.today():
        return "move_visit" if session.status == "booked" else "add_addendum"
    ways = {"booked": "arrive", "waiting": "resume", "held": "reopen", "cancelled": "rebook", "missed": "rebook", "dosing": "record_device"}
    if session.status in ways:
        return ways[session.status]
    if session.status == "monitoring":
        return leave_next(turn, pk)
    return before_dose(turn, pk)


def before_dose(turn: Turn, pk: int) -> str:
    """Questions, vitals, a prescriber in the house, decisions; then clear, then start."""
    shot, session = turn.shot, turn.shot.session(pk)
    resets = [moment(at) for at in (session.waiting_at, session.held_at) if at is not None]
    reset = max(resets, default=datetime.min.replace(tzinfo=turn.now.tzinfo))
    if not is_staffed(shot, turn.now):
        return turn.pick(["come", "stay_on"])
    if not any(moment(row.observed_at) >= reset for row in shot.standing("predosecheck", pk)):
        return "answer_round"
    if not any(moment(row.observed_at) >= max(reset, turn.now - timedelta(minutes=30)) for row in shot.standing("observation", pk)):
        return "record_observation"
    if turn.world.undecided.get(pk):
        return "decide"
    last = "clear_for_dosing" if session.status == "arrived" else "start"
    return turn.pick([last, last, last, "answer_round", "set_way_home"])


def is_staffed(shot: Snapshot, now: datetime) -> bool:
    here = [row for row in shot.rows("dutyperiod") if row.left_at is None and moment(row.came_at) <= now < moment(row.lapses_at)]
    return any(row.is_prescriber for row in here) and len(here) > 1


def leave_next(turn: Turn, pk: int) -> str:
    """By what keeps the gate shut: time passes with checks and rounds, the rest is done."""
    reasons = shut(turn.shot, turn.shot.session(pk), turn.now)
    late = [row for row in turn.shot.standing("deviceuse", pk) if row.counts_from is not None]
    if late and turn.pick(range(3)) == 1:
        return "confirm_device"
    if reasons and not reasons & {"alert", "final check", "readiness"} and turn.pick(range(3)) == 1:
        return "discharge_early"
    if "time" in reasons:
        return turn.pick(["discharge", "record_observation", "record_round", "record_event", "acknowledge_alert", "record_readiness"])
    if "alert" in reasons:
        return turn.pick(["close_alert", "close_alert", "record_observation"])
    if reasons & {"sedation", "dissociation", "breathing", "final check"}:
        return "record_observation"
    if reasons:
        return "record_readiness" if "item suicide_risk" not in reasons else turn.pick(["see_patient", "record_readiness"])
    return "discharge"


def form_next(turn: Turn, pk: int) -> str:
    standing = [row.status for row in turn.shot.of("monitoringform", pk) if row.status not in ("void", "filed")]
    ways = {"owed": "confirm_form", "complete": "send_form", "sent": turn.pick(["prove_send", "prove_send", "fail_send"])}
    if turn.pick(range(12)) == 1:
        return "amend_form"
    return ways[standing[-1]] if standing else turn.pick(["add_addendum", "amend_form", "sign_departure"])


def next_session(turn: Turn) -> int:
    """Whose turn it is: mostly those in the chairs, sometimes anybody that ever was; 0 when somebody should be booked."""
    every = turn.shot.rows("treatmentsession")
    live = [row.id for row in every if row.status in LIVE and (row.status != "held" or row.treatment_on == turn.today())]
    if not live or (len(live) < MOST_LIVE and turn.pick(range(8)) < 1):
        return 0
    treated = [row.id for row in every if row.status in ("cleared", "dosing", "monitoring")]
    owing = [row.session_id for row in turn.shot.rows("monitoringform") if row.status not in ("void", "filed")]
    gone = [pk for pk in owing if pk not in live] or [row.id for row in every]
    return turn.pick(turn.pick([treated or live, treated or live, live, live, gone]))


def minutes_until_next(turn: Turn, pk: int) -> list[int]:
    """How much time passes before somebody acts: mostly little; in the watch sometimes until the gate."""
    session = turn.shot.session(pk)
    if session.status == "monitoring" and "time" in shut(turn.shot, session, turn.now):
        return [30, 5, 12, 60, 125]
    return [2, 1, 0, 4]
