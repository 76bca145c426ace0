"""Claim by one conditional UPDATE, ask again, send, write the outcome under the claim's fence."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from clinic.models import Heartbeat
from reminders import channels, queries, rules, wording
from reminders.models import OutboxMessage, SendAttempt

BATCH = 50
LEASE = timedelta(minutes=3)
Status = OutboxMessage.Status


def send_due(*, now: datetime) -> dict[str, int]:
    """Send what is due, at most one batch, over one shared connection. Returns how many ended in which way."""
    done: dict[str, int] = {}
    with channels.open_mail() as channel:
        for message in claimed(now=now):
            outcome = send_one(message, channel=channel, now=now)
            done[outcome] = done.get(outcome, 0) + 1
    Heartbeat.objects.update_or_create(name="sender", defaults={"beat_at": now})
    return done


def claimed(*, now: datetime) -> Iterator[OutboxMessage]:
    """Messages that this worker alone has claimed, each under a new fence and a lease."""
    for pk in list(queries.claimable(now).values_list("pk", flat=True)[:BATCH]):
        taken = queries.claimable(now).filter(pk=pk).order_by().update(status=Status.SENDING, fence=F("fence") + 1, lease_until=now + LEASE)
        if taken:
            yield OutboxMessage.objects.select_related("site", "patient", "session").get(pk=pk)


def send_one(message: OutboxMessage, *, channel: channels.MailChannel, now: datetime) -> str:
    """Ask again at the moment of sending, then send. Returns the state it ended in."""
    refusal = refusal_of(message, now=now)
    if refusal is not None:
        return settle(message, refusal, now=now)
    text = wording.render(message)
    return settle(message, channel.deliver(to=message.patient.email, text=text, key=str(message.uid)), now=now)


def refusal_of(message: OutboxMessage, *, now: datetime) -> channels.Outcome | None:
    """Why a claimed message must not go now: the slot, the permission, the hour (PAT-7, MSG-1, MSG-3)."""
    if not OutboxMessage.objects.filter(queries.still_fits(), pk=message.pk).exists():
        return channels.Outcome(channels.WITHDRAWN, "The visit or the permission to write has changed.")
    if now >= message.useless_at:
        return channels.Outcome(channels.WITHDRAWN, "Too late to help.")
    zone = ZoneInfo(message.patient.time_zone or message.site.time_zone)
    if rules.is_quiet(now, zone):
        return channels.Outcome(channels.LATER, "Quiet hours.", not_before=rules.next_allowed(now, zone))
    return None


@transaction.atomic
def settle(message: OutboxMessage, outcome: channels.Outcome, *, now: datetime) -> str:
    """Write how a claim ended; a worker whose lease another has taken over writes nothing but its attempt."""
    fields = fields_after(message, outcome, now=now)
    written = OutboxMessage.objects.filter(pk=message.pk, fence=message.fence, status=Status.SENDING).update(**fields)
    if not written and outcome.kind == channels.SENT:
        # The lease had run out and the row was held as unclear; now it is known.
        OutboxMessage.objects.filter(pk=message.pk, fence=message.fence, status=Status.UNKNOWN).update(**fields)
    SendAttempt.objects.create(
        site_id=message.site_id, message=message, fence=message.fence, ended_at=now, outcome=outcome.kind, detail=outcome.detail[:200]
    )
    return str(fields["status"])


def fields_after(message: OutboxMessage, outcome: channels.Outcome, *, now: datetime) -> dict[str, object]:
    """The row's fields after an outcome; a passing failure becomes a later try while that can help."""
    attempts = message.attempts + 1
    if outcome.kind == channels.SENT:
        return {"status": Status.SENT, "sent_at": now, "lease_until": None, "attempts": attempts, "why": ""}
    if outcome.kind == channels.LATER:
        return {"status": Status.DUE, "due_at": outcome.not_before or now, "lease_until": None}
    if outcome.kind == channels.RETRY:
        next_at = now + rules.wait_before_retry(attempts=attempts, jitter=random.random())  # noqa: S311  spreads load, keeps no secret
        if rules.may_retry(attempts=attempts, next_at=next_at, useless_at=message.useless_at):
            return {"status": Status.DUE, "due_at": next_at, "lease_until": None, "attempts": attempts, "why": outcome.detail[:200]}
        return {"status": Status.FAILED, "lease_until": None, "attempts": attempts, "why": outcome.detail[:200]}
    status = {channels.REFUSED: Status.FAILED, channels.UNCLEAR: Status.UNKNOWN, channels.WITHDRAWN: Status.WITHDRAWN}[outcome.kind]
    return {"status": status, "lease_until": None, "attempts": attempts, "why": outcome.detail[:200]}
