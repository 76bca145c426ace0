"""What a person decides about a message that failed or is unclear: send it again, say that they called, or leave it."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import User
from reminders.models import OutboxMessage

Status, Withdrawal = OutboxMessage.Status, OutboxMessage.Withdrawal
FOR_A_PERSON = (Status.FAILED, Status.UNKNOWN)
WORDS = {"called": "A person called instead.", "left": "A person decided to leave it."}


@transaction.atomic
def send_again(message: OutboxMessage, *, by: User, now: datetime) -> None:
    """Let a failed or unclear message go once more, as a new copy under a new key; the sender asks everything again.

    Pressed twice it goes once. Raises Refused for a message that nobody need decide on, or whose time has passed.
    """
    row = undecided(message)
    require_undecided(row)
    if now >= row.useless_at:
        raise refuse("MSG-5", "Its time has passed. Call the patient instead.", code="message.late")
    row.status, row.due_at, row.round, row.attempts = Status.DUE, now, row.round + 1, 0
    row.provider, row.began_at, row.why = "", None, ""
    row.save(update_fields=["status", "due_at", "round", "attempts", "provider", "began_at", "why"])
    keep(row, "again", by=by, now=now)


@transaction.atomic
def close_message(message: OutboxMessage, *, how: str, by: User, now: datetime) -> None:
    """Nothing more is sent: somebody called (`called`), or decided that it isn't worth it (`left`).

    Raises Refused for a message that nobody need decide on.
    """
    row = undecided(message)
    if row.status == Status.WITHDRAWN and row.withdrawal == Withdrawal.LEFT:
        return
    require_undecided(row)
    row.status, row.withdrawal, row.why = Status.WITHDRAWN, Withdrawal.LEFT, WORDS[how]
    row.save(update_fields=["status", "withdrawal", "why"])
    keep(row, how, by=by, now=now)


def undecided(message: OutboxMessage) -> OutboxMessage:
    return OutboxMessage.objects.select_for_update(of=("self",)).select_related("site").get(pk=message.pk)


def require_undecided(row: OutboxMessage) -> None:
    if row.status not in FOR_A_PERSON:
        raise refuse("MSG-5", f"This message is {Status(row.status).label.lower()}: there is nothing to decide.", code="message.settled")


def keep(row: OutboxMessage, how: str, *, by: User, now: datetime) -> None:
    audit.record(action=f"message.{how}", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes={"kind": row.kind})
