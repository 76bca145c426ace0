"""The steps of the calendar: booking, moving, giving up and taking back a visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from clinic.models import Chair
from sessions.actions import booking, confirmation
from tests.machine.snapshot import moment
from tests.machine.steps import Act, step, us
from tests.machine.world import Turn


def wish(turn: Turn, patient: Any) -> booking.Wish:
    starts_at = turn.now.replace(second=0, microsecond=0) + timedelta(
        minutes=turn.pick([0, 0, 0, 15, 60, 200, 1440, -60]) if turn.is_careful else turn.pick([-1500, -30, 0, 30, 200, 2000])
    )
    may_decide = turn.world.may(turn.by, "finding_decide")
    dose = turn.pick([56, 56, 56, 84, 28])
    if turn.aim:
        starts_at, dose = turn.now.replace(second=0, microsecond=0), 56
    chairs = free_chairs(turn, starts_at) if turn.is_careful else turn.world.cast.chairs
    chair = Chair.objects.get(pk=turn.pick(chairs or turn.world.chairs).pk)
    return booking.Wish(
        patient=patient, chair=chair, starts_at=starts_at, dose_mg=dose, reason=turn.word() if may_decide else "", may_decide=may_decide
    )  # fmt: skip


def free_chairs(turn: Turn, starts_at: datetime) -> list[Any]:
    """Where nobody sits or is booked for some hours from then; who is careful looks at the calendar."""
    over = ("cancelled", "missed", "voided", "discharged", "left", "transferred")
    far = timedelta(hours=4)
    taken = {row.chair_id for row in turn.shot.rows("treatmentsession") if row.status not in over and abs(moment(row.starts_at) - starts_at) < far}
    return [chair for chair in turn.world.chairs if chair.pk not in taken and turn.shot.tables["chair"][chair.pk].is_active]


@step("session_book")
def book(turn: Turn, pk: int) -> Act:
    if turn.is_careful and not turn.one_in(3):
        turn.by = turn.world.cast.prescriber
    gone = ("cancelled", "missed", "voided")
    here = {row.patient_id for row in turn.shot.rows("treatmentsession") if row.treatment_on == turn.today() and row.status not in gone}
    free = [patient for patient in turn.world.patients if patient.pk not in here or not turn.is_careful]
    return partial(booking.book, wish(turn, turn.pick(free or turn.world.patients)), client_key=turn.key(), **us(turn))


@step("session_move")
def move_visit(turn: Turn, pk: int) -> Act:
    session = turn.session(pk)
    return partial(booking.move_visit, session, wish(turn, session.patient), **us(turn))


@step("session_cancel")
def cancel(turn: Turn, pk: int) -> Act:
    return partial(booking.cancel, turn.session(pk), reason=turn.word(), **us(turn))


@step("session_miss")
def mark_missed(turn: Turn, pk: int) -> Act:
    return partial(booking.mark_missed, turn.session(pk), reason=turn.word(), **us(turn))


@step("session_rebook")
def rebook(turn: Turn, pk: int) -> Act:
    return partial(booking.rebook, turn.session(pk), reason=turn.word(), **us(turn))


@step("")
def confirm_visit(turn: Turn, pk: int) -> Act:
    session = turn.session(pk)
    return partial(confirmation.confirm_visit, session_uid=session.uid, slot_version=session.slot_version, now=turn.now)
