"""Derive the outbox from the schedule: create what should exist, withdraw what no longer fits, bring back what fits again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.models import Heartbeat
from reminders import queries, rules
from reminders.models import OutboxMessage
from sessions.models import TreatmentSession

BATCH = 500


def sweep(*, now: datetime) -> dict[str, int]:
    """One round; running it twice, or two at once, has the effect of one. Its cost grows with what is due (MSG-5)."""
    done = {"created": create(now=now), "withdrawn": withdraw(), "returned": bring_back(now=now), "unclear": hold_abandoned(now=now)}
    Heartbeat.objects.update_or_create(name="sweep", defaults={"beat_at": now})
    return done


def create(*, now: datetime) -> int:
    """A message for each visit that wants one; the unique key makes a second sweep harmless."""
    made = [message for session in queries.sessions_without_message(now)[:BATCH] if (message := day_before(session, now=now))]
    with transaction.atomic():
        OutboxMessage.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def day_before(session: TreatmentSession, *, now: datetime) -> OutboxMessage | None:
    """The reminder of the day before, unless its time hasn't come near or has passed."""
    zone = ZoneInfo(session.patient.time_zone or session.site.time_zone)
    due_at = rules.next_allowed(max(rules.day_before_due_at(starts_at=session.starts_at, zone=zone), now), zone)
    useless_at = rules.useless_from(starts_at=session.starts_at)
    if due_at >= useless_at:
        return None
    return OutboxMessage(
        site=session.site, patient=session.patient, session=session, subject_pk=session.pk, kind=OutboxMessage.Kind.DAY_BEFORE,
        schedule_version=session.schedule_version, channel=OutboxMessage.Channel.EMAIL, due_at=due_at, useless_at=useless_at, created_at=now,
    )  # fmt: skip


def withdraw() -> int:
    """What was moved, cancelled or may not be sent any more is not sent."""
    return queries.messages_that_no_longer_fit().update(
        status=OutboxMessage.Status.WITHDRAWN, why="The visit or the permission to write has changed."
    )


def bring_back(*, now: datetime) -> int:
    """A withdrawn message whose reason has gone returns, while its time hasn't passed."""
    return queries.messages_that_fit_again(now).update(status=OutboxMessage.Status.DUE, why="")


def hold_abandoned(*, now: datetime) -> int:
    """SMTP honours no key: what a lost worker had begun may have gone out, so a person decides; it is never blindly repeated."""
    return queries.abandoned(now).update(
        status=OutboxMessage.Status.UNKNOWN, lease_until=None, why="The sender stopped in the middle. It may or may not have gone out."
    )
