"""Write how a claim ended: one conditional UPDATE under its fence, and one row per attempt."""

import random
from datetime import datetime

from django.db import transaction

from reminders.actions.returns import keep_report
from reminders.channels import outcomes
from reminders.channels.outcomes import Outcome
from reminders.channels.providers import KEYED
from reminders.models import OutboxMessage, SendAttempt
from reminders.rules.retries import may_retry, wait_before_retry

Status = OutboxMessage.Status


@transaction.atomic
def settle(message: OutboxMessage, outcome: Outcome, *, now: datetime) -> str:
    """Write how a claim ended; a worker whose lease another has taken over writes nothing but its attempt."""
    fields = fields_after(message, outcome, now=now)
    mine = OutboxMessage.objects.filter(pk=message.pk, fence=message.fence)
    written = mine.filter(status=Status.SENDING).update(**fields)
    if not written and outcome.kind == outcomes.SENT:
        # The lease had run out: the row was held as unclear, or waits to be asked of the same provider again. Now it is known.
        mine.filter(status__in=[Status.UNKNOWN, Status.DUE]).update(**fields)
    if written and outcome.report is not None:
        keep_report(message, outcome.report, by=None, now=now)
    SendAttempt.objects.create(
        site_id=message.site_id, message=message, fence=message.fence, ended_at=now, outcome=outcome.kind, detail=outcome.detail[:200]
    )
    return str(fields["status"])


def fields_after(message: OutboxMessage, outcome: Outcome, *, now: datetime) -> dict[str, object]:
    """The row's fields after an outcome; a passing failure becomes a later try while that can help."""
    attempts, why = message.attempts + 1, outcome.detail[:200]
    if outcome.kind == outcomes.SENT:
        return {"status": Status.SENT, "sent_at": now, "lease_until": None, "attempts": attempts, "why": ""}
    if outcome.kind == outcomes.LATER:
        return {"status": Status.DUE, "due_at": outcome.not_before or now, "lease_until": None, "why": why}
    if outcome.kind == outcomes.WITHDRAWN:
        return {"status": Status.WITHDRAWN, "withdrawal": outcome.withdrawal, "lease_until": None, "why": why}
    is_repeatable = outcome.kind == outcomes.RETRY or (outcome.kind == outcomes.UNCLEAR and message.provider in KEYED)
    next_at = now + wait_before_retry(attempts=attempts, jitter=random.random())  # noqa: S311  spreads load, keeps no secret
    if is_repeatable and may_retry(attempts=attempts, next_at=next_at, useless_at=message.useless_at):
        return {"status": Status.DUE, "due_at": next_at, "lease_until": None, "attempts": attempts, "why": why}
    status = Status.UNKNOWN if outcome.kind == outcomes.UNCLEAR else Status.FAILED
    return {"status": status, "lease_until": None, "attempts": attempts, "why": why}
