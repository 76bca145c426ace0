"""Whether a message to a driver may still go: who fetches the patient agreed, and nobody was told yet (MSG-1, MSG-2)."""

from django.db.models import Exists, F, OuterRef, Q

from clinic.marks import same_reach
from patients.models import Contact, Patient
from patients.models.patient import WayHome
from reminders.models import OutboxMessage, Undeliverable
from reminders.rules.kinds import Kind
from sessions.states import Status

State = OutboxMessage.Status
# It was told, or may have been.
GONE_OUT = (State.SENDING, State.SENT, State.UNKNOWN)


def is_agreed(contact: str) -> Exists:
    """Whether the contact with that key agreed, has a number, and it isn't known that nothing reaches it (MSG-1, MSG-2)."""
    dead = Undeliverable.objects.filter(channel=OutboxMessage.Channel.TEXT, patient_id=OuterRef("patient_id"))
    dead = dead.filter(same_reach(chart=OuterRef("phone"), kept=F("address")), reinstatement__isnull=True).order_by()
    agreed = Contact.objects.filter(pk=OuterRef(contact), is_active=True, may_text=True).exclude(phone="").filter(~Exists(dead))
    return Exists(agreed.order_by())


def is_for_driver() -> Q:
    """Whether a driver's message still fits: the visit is in its watch, this contact fetches the patient, and nobody else was told."""
    told = OutboxMessage.objects.filter(session_id=OuterRef("session_id"), kind=Kind.DRIVER, status__in=GONE_OUT).exclude(pk=OuterRef("pk"))
    visit = Q(session__status=Status.MONITORING, session__schedule_version=F("schedule_version"))
    fetches = Q(session__way_home=WayHome.DRIVER, session__escort_id=F("contact_pk"))
    may = Q(patient__status=Patient.Status.ACTIVE, site__messaging__provider__gt="")
    return Q(kind=Kind.DRIVER) & visit & fetches & may & is_agreed("contact_pk") & ~Exists(told.order_by())
