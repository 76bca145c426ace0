"""Claim a batch by one conditional UPDATE, ask again before each message, hand it over, write the outcome under the claim's fence."""

import logging
import time
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, transaction
from django.db.models import F

from clinic import scope
from clinic.models import Heartbeat
from patients.models import Patient
from reminders import answers, driver_words, wording
from reminders.actions import drivers
from reminders.actions.settling import settle
from reminders.channels import outcomes
from reminders.channels.outcomes import Outcome, Text
from reminders.channels.providers import Providers, opened, provider_of
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries import fitting, sending
from reminders.queries.fitting import AFTER_THE_CALL
from reminders.queries.slots import zone_of
from reminders.queries.wordings import WordsFor, words_for
from reminders.rules import governor, moments
from reminders.rules.kinds import Kind

log = logging.getLogger(__name__)
BATCH = 50
LEASE = timedelta(minutes=3)
# A batch begins nothing more after this: the rest goes back before its lease runs out.
PATIENCE = LEASE.total_seconds() / 2
CALL_WAIT = timedelta(minutes=10)
TAKEN_OVER = Outcome(outcomes.LATER, "Another worker has taken it over.")
Channel, Status, Withdrawal = OutboxMessage.Channel, OutboxMessage.Status, OutboxMessage.Withdrawal


def send_due(*, now: datetime) -> dict[str, int]:
    """Send what is due, at most one batch, over shared connections. Returns how many ended in which way."""
    done: dict[str, int] = {}
    with scope.every():
        batch = claim(now=now)
        settings = {row.site_id: row for row in SiteMessaging.objects.filter(site_id__in={message.site_id for message in batch})} if batch else {}
    if batch:
        begun = time.monotonic()
        words = cache(words_for)  # one moment, one wording: a batch reads each once
        with opened() as providers:
            for message in batch:
                is_late = time.monotonic() - begun > PATIENCE
                with scope.of_site(message.site_id):
                    outcome = (
                        give_back(message) if is_late else send_one(message, settings.get(message.site_id), providers=providers, now=now, words=words)
                    )
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


def send_one(claimed: OutboxMessage, messaging: SiteMessaging | None, *, providers: Providers, now: datetime, words: WordsFor = words_for) -> str:
    """Ask again at the moment of sending, then hand it over. Returns the state it ended in."""
    provider = provider_of(claimed, messaging)
    try:
        message, refusal = begin(claimed, messaging, provider=provider, now=now)
        if refusal is not None:
            return settle(message, refusal, now=now)
        address, text = written(message, now=now, words=words)
        channel = providers.of(provider, messaging.sender if messaging is not None else "")
    except DatabaseError:
        raise
    except SoftTimeLimitExceeded:
        # The task's time is up, and that is no fault of this message.
        give_back(claimed)
        raise
    except Exception as error:
        # Nothing has left the house yet. One message that can't be written must not stand before all others for ever.
        log.exception("message %s can't be written", claimed.pk)
        return settle(claimed, Outcome(outcomes.REFUSED, f"It can't be written ({type(error).__name__})."), now=now)
    outcome = Outcome(outcomes.REFUSED, text.wrong) if text.wrong else channel.deliver(to=address, text=text, key=message.key)
    return settle(message, outcome, now=now)


def written(message: OutboxMessage, *, now: datetime, words: WordsFor = words_for) -> tuple[str, Text]:
    """Where a message goes and what it says, as everything stands now."""
    if message.kind == Kind.ANSWER:
        return answers.address_and_text(message)
    if message.kind == Kind.DRIVER:
        return driver_words.address_and_text(message)
    assert message.patient is not None
    address = message.patient.email if message.channel == Channel.EMAIL else str(message.patient.phone)
    return address, wording.render(message, now=now, words=words)


def begin(claimed: OutboxMessage, messaging: SiteMessaging | None, *, provider: str, now: datetime) -> tuple[OutboxMessage, Outcome | None]:
    """Read the message afresh and mark that its hand-over begins; or why it must not go (PAT-7, MSG-1, MSG-3, MSG-7)."""
    if claimed.channel != Channel.TEXT:
        return judged(claimed, messaging, provider=provider, now=now)
    with transaction.atomic():
        # Two texts at once can't both be the last of a patient's budget.
        list(Patient.objects.select_for_update().only("pk").filter(pk=claimed.patient_id or 0))
        return judged(claimed, messaging, provider=provider, now=now)


def judged(claimed: OutboxMessage, messaging: SiteMessaging | None, *, provider: str, now: datetime) -> tuple[OutboxMessage, Outcome | None]:
    message = sending.claimed_row.first(claimed.pk, claimed.fence)
    if message is None:
        return claimed, TAKEN_OVER
    refusal = refusal_of(message, messaging, provider=provider, now=now)
    if refusal is not None:
        return message, refusal
    mine = OutboxMessage.objects.filter(pk=message.pk, fence=message.fence, status=Status.SENDING)
    told = {"slot_at": drivers.told_at(message, now=now)} if message.kind == Kind.DRIVER else {}
    if not mine.update(began_at=now, provider=provider, **told):
        return message, TAKEN_OVER
    message.began_at, message.provider = now, provider
    if message.session is not None:
        # A visit's site is its message's: it need not be read again.
        message.session.site = message.site
    message.slot_at = told.get("slot_at", message.slot_at)
    return message, None


def refusal_of(message: Any, messaging: SiteMessaging | None, *, provider: str, now: datetime) -> Outcome | None:
    """Why a claimed message must not go now: what it says, its time, the hour, a call that comes first, the week's texts."""
    if not message.fits or (message.channel == Channel.TEXT and not provider):
        return Outcome(outcomes.WITHDRAWN, "The visit or the permission to write has changed.", withdrawal=Withdrawal.CHANGED)
    if now >= message.useless_at:
        return Outcome(outcomes.WITHDRAWN, "Too late to help.", withdrawal=Withdrawal.LATE)
    if message.kind == Kind.ANSWER:
        return None
    zone, hours = zone_of(message.patient, message.site), sending.hours_of(messaging)
    if moments.is_quiet(now, zone, hours):
        return Outcome(outcomes.LATER, "Quiet hours.", not_before=moments.next_allowed(now, zone, hours))
    if message.kind == Kind.DRIVER:
        return drivers.driver_refusal(message, messaging, now=now)
    if message.kind in AFTER_THE_CALL and message.call_is_owed:
        return Outcome(outcomes.LATER, "A clinician calls first.", not_before=now + CALL_WAIT)
    return over_budget(message, messaging, now=now) if message.channel == Channel.TEXT else None


def over_budget(message: OutboxMessage, messaging: SiteMessaging | None, *, now: datetime) -> Outcome | None:
    """What the governor says of a text; a dropped one is never brought back (MSG-1)."""
    found = governor.verdict(
        Kind(message.kind), now=now, zone=zone_of(message.patient, message.site), budget=sending.budget_for(message.patient, messaging),
        sent_at=sending.texted_at(message, now), coming=sending.coming_kinds(message, now),
    )  # fmt: skip
    if found is None:
        return None
    if found.not_before is None or found.not_before >= message.useless_at:
        return Outcome(outcomes.WITHDRAWN, found.why, withdrawal=Withdrawal.BUDGET)
    return Outcome(outcomes.LATER, found.why, not_before=found.not_before)
