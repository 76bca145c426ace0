"""What the sender asks about one message: how its site sends, what the patient was texted, which visits are near."""

from datetime import datetime, timedelta

from django.db.models import BooleanField, ExpressionWrapper, QuerySet

from clinic.prepared import prepared
from patients.models import Patient
from patients.models.messaging import TextConsent
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries import fitting
from reminders.queries.slots import zone_of
from reminders.rules.governor import WEEK, Budget, budget_of
from reminders.rules.kinds import Kind, first_moments
from reminders.rules.moments import Hours
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


def hours_by_site() -> dict[int, Hours]:
    """The sites that have hours of their own, or at least their settings; the law's hold for the others (MSG-3)."""
    return {row.site_id: hours_of(row) for row in SiteMessaging.objects.only("site_id", "quiet_until", "quiet_from").order_by("pk")}


def budget_for(patient: Patient | None, messaging: SiteMessaging | None) -> Budget:
    """How many texts a patient may get, by their consent and the site's number (MSG-1)."""
    is_express = patient is not None and patient.text_consent == TextConsent.EXPRESS
    return budget_of(is_express=is_express, per_week_agreed=messaging.texts_per_week) if messaging is not None else budget_of(is_express=is_express)


def counted_texts(now: datetime) -> QuerySet[OutboxMessage]:
    """Texts of the last week that went out, or may have: any whose delivery was begun counts (MSG-1), but for an answer to a patient's own."""
    begun = [State.SENT, State.UNKNOWN, State.SENDING]
    rows = OutboxMessage.objects.filter(channel=OutboxMessage.Channel.TEXT, status__in=begun, began_at__gt=now - WEEK)
    return rows.exclude(kind=Kind.ANSWER)


def counting_texts(now: datetime) -> QuerySet[OutboxMessage]:
    """Those to patients themselves: what a driver gets is no part of the patient's week."""
    return counted_texts(now).filter(contact_pk=0)


def texted_at(message: OutboxMessage, now: datetime) -> list[datetime]:
    """When this patient's other texts of the last week went out."""
    rows = counting_texts(now).filter(patient_id=message.patient_id or 0).exclude(pk=message.pk)
    return [at for at in rows.values_list("began_at", flat=True) if at is not None]


def coming_kinds(message: OutboxMessage, now: datetime) -> list[Kind]:
    """The reminders that the patient's visits of the next seven days will ask for; a text yields to those that matter more."""
    zone = zone_of(message.patient, message.site)
    visits = TreatmentSession.objects.filter(
        patient_id=message.patient_id or 0, status=Status.BOOKED, starts_at__gt=now, starts_at__lte=now + WEEK + timedelta(days=1)
    )
    moments = [moment for starts_at in visits.values_list("starts_at", flat=True) for moment in first_moments(starts_at, zone).items()]
    return [kind for kind, at in moments if now < at <= now + WEEK]


def sends_texts(site_pk: int) -> bool:
    """Whether the site has somebody to deliver texts."""
    return SiteMessaging.objects.filter(site_id=site_pk).exclude(provider="").exists()
