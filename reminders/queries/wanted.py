"""Visits that want a message which doesn't stand in the outbox yet. Each asks an index for a stretch of time, so cost grows with what is due."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from reminders.models import OutboxMessage
from reminders.queries.fitting import STATUS_OF_KIND, may_write
from reminders.rules.kinds import NEWS, PAST, UPCOMING, Kind
from reminders.rules.moments import HORIZON, NEWS_FOR
from sessions.models import TreatmentSession
from sessions.states import Status

# A visit is over at the latest this long after it began; the day after, and two days more, its last words are still worth sending.
LONGEST = NEWS_FOR * 2


def standing_row(channel: str, kinds: Iterable[str]) -> Exists:
    """Whether the visit's present slot has a row of one of these kinds on a channel."""
    rows = OutboxMessage.objects.filter(
        subject_kind=OutboxMessage.Subject.SESSION, subject_pk=OuterRef("pk"), schedule_version=OuterRef("schedule_version"),
        channel=channel, contact_pk=0, kind__in=list(kinds),
    )  # fmt: skip
    return Exists(rows)


def without(channel: str, kinds: Iterable[str], wanted: Q) -> QuerySet[TreatmentSession]:
    rows = TreatmentSession.objects.filter(wanted, may_write(channel)).filter(~standing_row(channel, kinds))
    return rows.select_related("site", "patient").order_by("starts_at", "pk")


def visits_wanting(kind: Kind, channel: str, now: datetime) -> QuerySet[TreatmentSession]:
    """Visits whose message of a kind about time isn't written yet: those to come, or those just past."""
    if kind in UPCOMING:
        return without(channel, [kind], Q(status=Status.BOOKED, starts_at__gt=now, starts_at__lte=now + HORIZON))
    assert kind in PAST
    return without(channel, [kind], Q(status=STATUS_OF_KIND[kind], starts_at__gt=now - LONGEST, starts_at__lte=now))


def visits_with_news(channel: str, now: datetime) -> QuerySet[TreatmentSession]:
    """Visits to come that were booked, moved or given up in the last two days, and nothing is written about it."""
    rows = without(channel, NEWS, Q(status__in=[Status.BOOKED, Status.CANCELLED], starts_at__gt=now))
    return rows.annotate(news_at=Coalesce("slot_set_at", "booked_at")).filter(news_at__gt=now - NEWS_FOR)


def told_about(session_pks: Iterable[int], channel: str) -> dict[int, list[OutboxMessage]]:
    """What went out, or may have, about some visits on a channel, in order of time."""
    found: dict[int, list[OutboxMessage]] = {}
    gone = [OutboxMessage.Status.SENT, OutboxMessage.Status.UNKNOWN, OutboxMessage.Status.SENDING]
    rows = OutboxMessage.objects.filter(session_id__in=list(session_pks), channel=channel, contact_pk=0, status__in=gone)
    for row in rows.only("session_id", "kind", "slot_at", "sent_at", "began_at", "status").order_by("due_at", "pk"):
        found.setdefault(row.session_id or 0, []).append(row)
    return found
