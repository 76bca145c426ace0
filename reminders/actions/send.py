"""Claim a batch by one conditional UPDATE, ask again before each message, hand it over, write the outcome under the claim's fence."""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from clinic.models import Heartbeat
from patients.models import Patient
from reminders import wording
from reminders.actions.settling import settle
from reminders.channels import outcomes
from reminders.channels.outcomes import Outcome
from reminders.channels.providers import Providers, opened, provider_of
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries import fitting, sending
from reminders.queries.fitting import AFTER_THE_CALL
from reminders.rules import governor, moments
from reminders.rules.kinds import Kind

BATCH = 50
LEASE = timedelta(minutes=3)
# A batch begins nothing more after this: the rest goes back before its lease runs out.
PATIENCE = LEASE.total_seconds() / 2
CALL_WAIT = timedelta(minutes=10)
Channel, Status, Withdrawal = OutboxMessage.Channel, OutboxMessage.Status, OutboxMessage.Withdrawal


def send_due(*, now: datetime) -> dict[str, int]:
    """Send what is due, at most one batch, over shared connections. Returns how many ended in which way."""
    done: dict[str, int] = {}
    batch = claim(now=now)
    if batch:
        begun = time.monotonic()
        settings = {row.site_id: row for row in SiteMessaging.objects.filter(site_id__in={message.site_id for message in batch})}
        with opened() as providers:
            for message in batch:
                is_late = time.monotonic() - begun > PATIENCE
                outcome = give_back(message) if is_late else send_one(message, settings.get(message.site_id), providers=providers, now=now)
                done[outcome] = done.get(outcome, 0) + 1
    Heartbeat.objects.update_or_create(name="sender", defaults={"beat_at": now})
    return done


@transaction.atomic
def claim(*, now: datetime) -> list[OutboxMessage]:
    """Messages that this worker alone has claimed, each under a new fence and a lease; others skip the rows that it is just taking."""
    ready = fitting.claimable(now).select_related("site", "patient", "session")
    batch = list(ready.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    if batch:
        mine = OutboxMessage.objects.filter(pk__in=[message.pk for message in batch], status=Status.DUE)
        mine.update(status=Status.SENDING, fence=F("fence") + 1, lease_until=now + LEASE, began_at=None)
    for message in batch:
        message.status, message.fence = Status.SENDING, message.fence + 1
    return batch


def give_back(message: OutboxMessage) -> str:
    """Not begun in time: somebody else may take it at once."""
    OutboxMessage.objects.filter(pk=message.pk, fence=message.fence, status=Status.SENDING).update(status=Status.DUE, lease_until=None)
    return str(Status.DUE)


def send_one(message: OutboxMessage, messaging: SiteMessaging | None, *, providers: Providers, now: datetime) -> str:
    """Ask again at the moment of sending, then hand it over. Returns the state it ended in; empty when another has taken it over."""
    provider = provider_of(message, messaging)
    refusal = begin(message, messaging, provider=provider, now=now)
    if refusal is not None:
        return settle(message, refusal, now=now)
    # What was asked a moment ago is what is said: address, words and slot are read after the claim has begun.
    message.refresh_from_db(from_queryset=OutboxMessage.objects.select_related("site", "patient", "session"))
    address = message.patient.email if message.channel == Channel.EMAIL else str(message.patient.phone)
    channel = providers.of(provider, messaging.sender if messaging is not None else "")
    return settle(message, channel.deliver(to=address, text=wording.render(message), key=message.key), now=now)


@transaction.atomic
def begin(message: OutboxMessage, messaging: SiteMessaging | None, *, provider: str, now: datetime) -> Outcome | None:
    """Mark that the hand-over begins, if the message may still go; else why not (PAT-7, MSG-1, MSG-3, MSG-7).

    The patient's row is locked, so that two texts at once can't both be the last of a budget.
    """
    if message.channel == Channel.TEXT:
        message.patient = Patient.objects.select_for_update().get(pk=message.patient_id)
    refusal = refusal_of(message, messaging, provider=provider, now=now)
    if refusal is not None:
        return refusal
    mine = OutboxMessage.objects.filter(pk=message.pk, fence=message.fence, status=Status.SENDING)
    if not mine.filter(fitting.still_fits()).update(began_at=now, provider=provider):
        return Outcome(outcomes.WITHDRAWN, "The visit or the permission to write has changed.", withdrawal=Withdrawal.CHANGED)
    return None


def refusal_of(message: OutboxMessage, messaging: SiteMessaging | None, *, provider: str, now: datetime) -> Outcome | None:
    """Why a claimed message must not go now: its time, the hour, a call that comes first, the week's texts."""
    if now >= message.useless_at:
        return Outcome(outcomes.WITHDRAWN, "Too late to help.", withdrawal=Withdrawal.LATE)
    zone, hours = sending.zone_of(message), sending.hours_of(messaging)
    if moments.is_quiet(now, zone, hours):
        return Outcome(outcomes.LATER, "Quiet hours.", not_before=moments.next_allowed(now, zone, hours))
    if message.kind in AFTER_THE_CALL and OutboxMessage.objects.filter(fitting.call_is_owed(), pk=message.pk).exists():
        return Outcome(outcomes.LATER, "A clinician calls first.", not_before=now + CALL_WAIT)
    if message.channel != Channel.TEXT:
        return None
    if not provider:
        return Outcome(outcomes.WITHDRAWN, "The site sends no texts.", withdrawal=Withdrawal.CHANGED)
    return over_budget(message, messaging, now=now)


def over_budget(message: OutboxMessage, messaging: SiteMessaging | None, *, now: datetime) -> Outcome | None:
    """What the governor says of a text; a dropped one is never brought back (MSG-1)."""
    found = governor.verdict(
        Kind(message.kind), now=now, zone=sending.zone_of(message), budget=sending.budget_for(message, messaging),
        sent_at=sending.texted_at(message, now), coming=sending.coming_kinds(message, now),
    )  # fmt: skip
    if found is None:
        return None
    if found.not_before is None or found.not_before >= message.useless_at:
        return Outcome(outcomes.WITHDRAWN, found.why, withdrawal=Withdrawal.BUDGET)
    return Outcome(outcomes.LATER, found.why, not_before=found.not_before)
