"""What the sweep, the sender and the messages page read."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from patients.models import Patient
from reminders.models import OutboxMessage
from sessions.models import TreatmentSession
from sessions.states import Status

# A reminder is created this long before the visit at the most: the day before begins up to 38 hours ahead.
HORIZON = timedelta(hours=40)
Message = OutboxMessage.Status


def wants_reminders() -> Q:
    """A visit whose patient may be written to (PAT-7, MSG-1)."""
    return Q(status=Status.BOOKED, patient__status=Patient.Status.ACTIVE, patient__may_email=True) & ~Q(patient__email="")


def sessions_without_message(now: datetime) -> QuerySet[TreatmentSession]:
    """Booked visits of the horizon that have no message for their present slot yet."""
    mine = OutboxMessage.objects.filter(
        subject_kind="session",
        subject_pk=OuterRef("pk"),
        kind="day_before",
        schedule_version=OuterRef("schedule_version"),
        channel="email",
        contact_pk=0,
    )
    return (
        TreatmentSession.objects.filter(wants_reminders(), starts_at__gt=now, starts_at__lte=now + HORIZON)
        .filter(~Exists(mine))
        .select_related("site", "patient")
        .order_by("starts_at", "pk")
    )


def still_fits() -> Q:
    """Whether a message still answers for its session's present slot."""
    return Q(
        session__status=Status.BOOKED, session__schedule_version=F("schedule_version"), patient__status=Patient.Status.ACTIVE, patient__may_email=True
    ) & ~Q(patient__email="")


def messages_that_no_longer_fit() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(status=Message.DUE).exclude(
        pk__in=OutboxMessage.objects.filter(still_fits(), status=Message.DUE).values("pk")
    )


def messages_that_fit_again(now: datetime) -> QuerySet[OutboxMessage]:
    """Withdrawn ones whose reason has gone while their time hasn't passed."""
    return OutboxMessage.objects.filter(still_fits(), status=Message.WITHDRAWN, sent_at__isnull=True, useless_at__gt=now)


def claimable(now: datetime) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(status=Message.DUE, due_at__lte=now).order_by("due_at", "pk")


def abandoned(now: datetime) -> QuerySet[OutboxMessage]:
    """Claimed by a worker that never came back."""
    return OutboxMessage.objects.filter(status=Message.SENDING, lease_until__lt=now)


def for_page(site_pk: int, status: str = "") -> QuerySet[OutboxMessage]:
    messages = OutboxMessage.objects.filter(site_id=site_pk).select_related("patient", "session")
    if status:
        messages = messages.filter(status=status)
    return messages.order_by("-due_at", "-pk")


def counts(site_pk: int) -> dict[str, int]:
    """How many messages of a site stand in each state."""
    rows = OutboxMessage.objects.filter(site_id=site_pk).values_list("status").annotate(n=Count("pk")).order_by()
    return {**dict.fromkeys(Message.values, 0), **dict(rows)}
