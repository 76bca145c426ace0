"""Which visits have a driver to tell, by the real clock, and which drivers were told a time that has changed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.marks import reached_at
from patients.models import Contact, Patient
from patients.models.patient import WayHome
from reminders.models import OutboxMessage
from reminders.queries.driver_fits import GONE_OUT, is_agreed
from reminders.queries.sending import counted_texts
from reminders.rules.kinds import Kind
from sessions.models import TreatmentSession
from sessions.picture import bare_pictures_of
from sessions.queries.policies import policies_for
from sessions.states import Status

State = OutboxMessage.Status
# Somebody in the watch came today: an index of the visit's time finds them, whatever the history.
NEAR = timedelta(days=1)
# Nobody handed the patient to the driver.
GONE = (Status.LEFT, Status.TRANSFERRED)


def ready_times(visits: Iterable[TreatmentSession]) -> dict[int, datetime]:
    """When each watch is over by what is on record: last device and the minimum that holds for the patient (MON-2, PAT-8)."""
    rows = list(visits)
    pictures = bare_pictures_of(rows, policies_for(rows), ("devices",)) if rows else []
    return {picture.session.pk: picture.gate_opens_at for picture in pictures if picture.gate_opens_at is not None}


def watched(now: datetime) -> Q:
    """A visit in its watch, as a condition on it; its clock is then known."""
    return Q(status=Status.MONITORING, starts_at__gt=now - NEAR, starts_at__lt=now + NEAR)


def visits_to_tell(now: datetime) -> QuerySet[TreatmentSession]:
    """Visits in their watch whose driver agreed and for whom no row stands."""
    rows = OutboxMessage.objects.filter(session_id=OuterRef("pk"), kind=Kind.DRIVER).order_by()
    own_or_live = Q(contact_pk=OuterRef("escort_id"), schedule_version=OuterRef("schedule_version")) | Q(status__in=(State.DUE, *GONE_OUT))
    found = TreatmentSession.objects.filter(
        watched(now), way_home=WayHome.DRIVER, patient__status=Patient.Status.ACTIVE, site__messaging__provider__gt=""
    )
    found = found.filter(is_agreed("escort_id")).filter(~Exists(rows.filter(own_or_live)))
    return found.select_related("site", "patient", "policy").order_by("starts_at", "pk")


def told_drivers(now: datetime) -> QuerySet[OutboxMessage]:
    """What drivers were told, or may have been, of patients in their watch and of those who went before its end."""
    near = Q(session__status__in=(Status.MONITORING, *GONE), session__starts_at__gt=now - NEAR, session__starts_at__lt=now + NEAR)
    rows = OutboxMessage.objects.filter(near, kind=Kind.DRIVER, status__in=(State.SENT, State.UNKNOWN), slot_at__isnull=False)
    return rows.select_related("site", "session__site", "session__policy").order_by("pk")


def driver_of(message: OutboxMessage) -> Contact | None:
    return Contact.objects.filter(pk=message.contact_pk, patient_id=message.patient_id or 0).first()


def texted_driver_at(message: OutboxMessage, now: datetime) -> list[datetime]:
    """When this driver's other texts of the last week went out, whoever was to be fetched."""
    driver = driver_of(message)
    same = Contact.objects.filter(reached_at(Contact, "phone", driver.phone if driver is not None else ""), site_id=message.site_id).values("pk")
    rows = counted_texts(now).filter(kind=Kind.DRIVER, contact_pk__in=same).exclude(pk=message.pk)
    return [at for at in rows.values_list("began_at", flat=True) if at is not None]
