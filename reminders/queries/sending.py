"""What the sender asks about one message: how its site sends, what the patient was texted, which visits are near."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, QuerySet

from clinic.prepared import prepared
from patients.models.messaging import TextConsent
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries import fitting
from reminders.rules.governor import WEEK, Budget, budget_of
from reminders.rules.kinds import Kind
from reminders.rules.moments import Hours, day_before_due_at, morning_due_at
from sessions.models import TreatmentSession
from sessions.states import Status

State = OutboxMessage.Status


@prepared
def claimed_row(pk: int, fence: int) -> QuerySet[OutboxMessage]:
    """A claimed message as everything stands now, with what the sender asks: does it still fit, does a clinician call first."""
    rows = OutboxMessage.objects.filter(pk=pk, fence=fence, status=State.SENDING).order_by()
    asked = {"fits": ExpressionWrapper(fitting.still_fits(), output_field=BooleanField()), "call_is_owed": fitting.call_is_owed()}
    return rows.select_related("site", "patient", "session").annotate(**asked)


def hours_of(messaging: SiteMessaging | None) -> Hours:
    return Hours(messaging.quiet_until, messaging.quiet_from) if messaging is not None else Hours()


def zone_of(message: OutboxMessage) -> ZoneInfo:
    """The patient's zone (MSG-3)."""
    patient = message.patient
    return ZoneInfo((patient.time_zone if patient is not None else "") or message.site.time_zone)


def budget_for(message: OutboxMessage, messaging: SiteMessaging | None) -> Budget:
    is_express = message.patient is not None and message.patient.text_consent == TextConsent.EXPRESS
    return budget_of(is_express=is_express, per_week_agreed=messaging.texts_per_week) if messaging is not None else budget_of(is_express=is_express)


def texted_at(message: OutboxMessage, now: datetime) -> list[datetime]:
    """When this patient's other texts of the last week went out, or may have: any whose delivery was begun counts (MSG-1)."""
    begun = [State.SENT, State.UNKNOWN, State.SENDING]
    rows = OutboxMessage.objects.filter(
        patient_id=message.patient_id or 0, channel=OutboxMessage.Channel.TEXT, status__in=begun, began_at__gt=now - WEEK
    )
    # A direct answer to the patient's own text is no text of ours in this count.
    return [at for at in rows.exclude(pk=message.pk).exclude(kind=Kind.ANSWER).values_list("began_at", flat=True) if at is not None]


def coming_kinds(message: OutboxMessage, now: datetime) -> list[Kind]:
    """The reminders that the patient's visits of the next seven days will ask for; a text yields to those that matter more."""
    zone = zone_of(message)
    visits = TreatmentSession.objects.filter(
        patient_id=message.patient_id or 0, status=Status.BOOKED, starts_at__gt=now, starts_at__lte=now + WEEK + timedelta(days=1)
    )
    found = []
    for starts_at in visits.values_list("starts_at", flat=True):
        moments = {Kind.DAY_BEFORE: day_before_due_at(starts_at=starts_at, zone=zone), Kind.MORNING: morning_due_at(starts_at=starts_at, zone=zone)}
        found += [kind for kind, at in moments.items() if now < at <= now + WEEK]
    return found
