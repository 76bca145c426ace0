"""A patient's treatment moves to another certified setting: planned, told to the REMS before, or off (SET-8)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.findings import refuse
from clinic.models import User
from clinic.queries import calendar_of
from patients.actions.intake import require_member
from patients.actions.writing import locked, posted_before, refuse_fields
from patients.models import Patient, TransferOut
from patients.queries.authorisations import TELL_OF_MOVE
from patients.rules.transfers import LOOK_BACK, tell_by, told_problems


@transaction.atomic
def plan_move(patient: Patient, *, to_setting: str, moves_on: date, owner: User, client_key: UUID, by: User, now: datetime) -> TransferOut:
    """The patient moves: opens the owner's task to tell the REMS before (SET-8). Raises Refused when a move is planned already."""
    row = locked(patient)
    if earlier := posted_before(TransferOut, row, client_key):
        return earlier
    require_member(owner, row.site, "owner")
    fields = {"to_setting": to_setting, "moves_on": moves_on, "owner": owner}
    try:
        with transaction.atomic():
            move = TransferOut.objects.create(site=row.site, patient=row, planned_at=now, planned_by=by, client_key=client_key, **fields)
    except IntegrityError as error:
        raise refuse("SET-8", "A move of this patient is planned already.", code="SET-8.open") from error
    due_at = tell_by(moves_on, calendar_of(row.site, moves_on - LOOK_BACK - timedelta(days=1), moves_on))
    text = "Treatment moves to another setting: tell the REMS before."
    raise_notice(row.site, TELL_OF_MOVE, "SET-8", move, text, now, due_at=due_at, owner=owner)
    _record("transfer.planned", move, by, now)
    return move


@transaction.atomic
def tell_of_move(move: TransferOut, *, told_at: datetime, told_by: User, told_how: str, told_note: str, by: User, now: datetime) -> TransferOut:
    """Who told the REMS, when and how: closes the task. Telling twice has the effect of once.

    Raises Refused for a time to come, somebody of another site, no word of whom, and when the move is off.
    """
    row = locked(move)
    if row.told_at is not None:
        return row
    _refuse_off(row)
    refuse_fields("SET-8", told_problems(told_on=told_at, planned_at=row.planned_at, now=now))
    if not told_note:
        raise refuse("SET-8", "Say whom you told, and any reference.", field="told_note")
    require_member(told_by, row.site, "told_by")
    row.told_at, row.told_by, row.told_how, row.told_note = told_at, told_by, told_how, told_note
    row.save(update_fields=["told_at", "told_by", "told_how", "told_note"])
    resolve_notices(row.site, TELL_OF_MOVE, row, f"{told_by} told the REMS, {row.get_told_how_display().lower()}", now)
    _record("transfer.told", row, by, now)
    return row


@transaction.atomic
def call_off_move(move: TransferOut, *, reason: str, by: User, now: datetime) -> TransferOut:
    """The patient stays: the task is off. Raises Refused without a reason, and when the REMS was told or the move is off already."""
    row = locked(move)
    _refuse_off(row)
    if row.told_at is not None:
        raise refuse("SET-8", "The REMS was told already. Tell it that the patient stays.", code="SET-8.told")
    if not reason:
        raise refuse("SET-8", "Say why.", field="reason")
    row.cancelled_at, row.cancelled_by, row.cancel_reason = now, by, reason
    row.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    resolve_notices(row.site, TELL_OF_MOVE, row, "The patient stays.", now)
    _record("transfer.called_off", row, by, now)
    return row


def _refuse_off(row: TransferOut) -> None:
    if row.cancelled_at is not None:
        raise refuse("SET-8", "This move is off.", code="SET-8.off")


def _record(act: str, move: TransferOut, by: User, now: datetime) -> None:
    audit.record(action=act, target=move, by=by, now=now, site=move.site, patient_pk=move.patient_id, changes={"moves_on": move.moves_on.isoformat()})
