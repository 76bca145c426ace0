"""The steps of telling: the patient at a screen, a sheet of paper, an adverse event, what the REMS and the maker must hear."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from sessions.actions import adverse, complaints, paper, screens, voiding
from sessions.models import AdverseEvent, TreatmentSession
from sessions.queries.complaints import COMPLAINT
from sessions.queries.screens import FEELINGS
from sessions.rules.adverse import CRITERIA
from tests.machine.steps import Act, check, given, step, us, watch
from tests.machine.world import Turn


# --- the patient's screen: no person is signed in there ---------------------------------------------------------------------
def screen_of(turn: Turn, pk: int) -> Any:
    return turn.world.screens[turn.shot.session(pk).chair_id]


@step("")
def ask_help(turn: Turn, pk: int) -> Act:
    return partial(screens.ask_help, screen_of(turn, pk), client_key=turn.key(), now=turn.now)


@step("")
def record_feeling(turn: Turn, pk: int) -> Act:
    return partial(screens.record_feeling, screen_of(turn, pk), kind=turn.pick([*FEELINGS, "sedation_began"]), client_key=turn.key(), now=turn.now)


@step("help_answer")
def answer_help(turn: Turn, pk: int) -> Act:
    return partial(screens.answer_help, turn.session(pk), **us(turn))


# --- the power was gone ------------------------------------------------------------------------------------------------------
@step("paper_enter")
def enter_paper(turn: Turn, pk: int) -> Act:
    """Whatever one sheet says: devices, checks and taps in any mixture, or nothing."""
    event = watch.Event(kind="note", observed_at=turn.seen_at(), client_key=turn.key(), what=turn.word())
    sheet = paper.Paper(
        written_by=turn.pick([turn.world.cast.nurse, turn.world.cast.support]),
        devices=(given(turn),) if turn.one_in(2) else (),
        checks=(check(turn),) if turn.pick([True, False]) else (),
        events=(event,) if turn.yes() else (),
    )
    return partial(paper.enter_paper, turn.session(pk), paper=sheet, client_key=turn.key(), membership=turn.membership, **us(turn))


# --- adverse events (PMF-6) --------------------------------------------------------------------------------------------------
def told(turn: Turn) -> adverse.Told:
    is_serious = turn.aim == "report_by_phone" or turn.pick([True, False])
    began_at = turn.seen_at()
    return adverse.Told(
        kind="Fall", began_at=began_at, ended_at=turn.pick([None, turn.now, began_at - timedelta(minutes=turn.pick([0, 0, 0, 9]))]),
        is_serious=is_serious, criteria=(turn.pick(CRITERIA)[0],) if turn.yes() else (), narrative=turn.word(),
    )  # fmt: skip


@step("adverse_new")
def record_adverse(turn: Turn, pk: int) -> Act:
    session = turn.session(pk)
    here = session if turn.pick([True, True, False]) else None
    return partial(adverse.record_adverse, session.patient, session=here, told=told(turn), client_key=turn.key(), **us(turn))


def event_of(turn: Turn) -> AdverseEvent:
    gone = {row.supersedes_id for row in turn.shot.rows("adverseevent")}
    rows = [row for row in turn.shot.rows("adverseevent") if row.id not in gone or not turn.is_careful]
    serious = [row for row in rows if row.is_serious] if turn.aim == "report_by_phone" else rows
    return AdverseEvent.objects.select_related("site").get(pk=turn.pick(serious or rows).id)


@step("adverse_correct")
def correct_adverse(turn: Turn, pk: int) -> Act:
    return partial(adverse.correct_adverse, event_of(turn), told=told(turn), reason=turn.word(), client_key=turn.key(), **us(turn))


@step("adverse_phone")
def report_by_phone(turn: Turn, pk: int) -> Act:
    said = {"to": turn.pick(["rems", "maker"]), "number": turn.pick(["1-855-555-0100", "1-855-555-0100", ""]), "phoned_at": turn.seen_at()}
    return partial(adverse.report_by_phone, event_of(turn), **said, client_key=turn.key(), **us(turn))


# --- whom else to tell -------------------------------------------------------------------------------------------------------
def waiting(turn: Turn, kind: str, pk: int) -> tuple[TreatmentSession, str]:
    """A session that such a task stands open for, and which of its devices; any, where none does."""
    rows = [row for row in turn.shot.rows("notice") if row.kind == kind and row.resolved_at is None]
    if not turn.is_careful or not rows:
        return turn.session(pk), ""
    row = turn.pick(rows)
    return turn.session(row.target_pk), row.discriminator


@step("rems_told")
def tell_rems(turn: Turn, pk: int) -> Act:
    return partial(voiding.tell_rems, waiting(turn, voiding.TELL_REMS, pk)[0], note=turn.word(), **us(turn))


@step("complaint_report")
def report_complaint(turn: Turn, pk: int) -> Act:
    session, number = waiting(turn, COMPLAINT, pk)
    return partial(complaints.report_complaint, session, number=int(number or turn.pick([1, 2, 3])), reference=turn.word(), **us(turn))
