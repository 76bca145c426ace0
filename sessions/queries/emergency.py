"""What the page and the paper of an emergency show: whose it is, whom to call, what was taken and given (MON-5)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clinic.models import Chair, DutyPeriod, Site
from clinic.queries import today_at
from clinic.queries.presence import duty_at
from patients.models import Contact, Medicine, Patient
from patients.queries import medicines_on
from patients.rules.people import age_on
from sessions.models import Emergency, EmergencyEntry, TreatmentSession
from sessions.picture import Picture, picture_of
from sessions.queries.policies import policy_for
from sessions.states import PRESENT

# The task that somebody tells what happened, once an emergency is over.
UNTOLD = "emergency_untold"
PARTS = ("devices", "observations", "events", "alerts")


@dataclass
class Summary:
    """Everything that a paramedic asks; lists are empty while nobody has said whose emergency it is."""

    patient: Patient | None = None
    age: int | None = None
    contacts: list[Contact] = field(default_factory=list)
    medicines: list[Medicine] = field(default_factory=list)
    picture: Picture | None = None
    entries: list[EmergencyEntry] = field(default_factory=list)

    @property
    def checks(self) -> list[Any]:
        """The last readings, the newest first."""
        return self.picture.observations[::-1][:4] if self.picture else []

    @property
    def given(self) -> list[Any]:
        """What was given besides the dose."""
        return [event for event in self.picture.events if event.kind == "measure_given"] if self.picture else []


def summary_of(emergency: Emergency, site: Site, now: datetime) -> Summary:
    entries = list(emergency.entries.standing().select_related("recorded_by"))
    patient = emergency.patient
    if patient is None:
        return Summary(entries=entries)
    today = today_at(site, now)
    return Summary(
        patient=patient, age=age_on(patient.birth_on, today), contacts=contacts_of(patient), medicines=list(medicines_on(patient, today)),
        picture=picture_for(emergency.session, site), entries=entries,
    )  # fmt: skip


def contacts_of(patient: Patient) -> list[Contact]:
    """Emergency contacts first, then whoever takes them home."""
    order = {Contact.Kind.EMERGENCY: 0, Contact.Kind.ESCORT: 1}
    rows = Contact.objects.filter(patient=patient, is_active=True).order_by("pk")
    return sorted(rows, key=lambda contact: order.get(Contact.Kind(contact.kind), 2))


def picture_for(session: TreatmentSession | None, site: Site) -> Picture | None:
    if session is None:
        return None
    session.site = site
    return picture_of(session, policy_for(session), PARTS)


def prescribers_first(site: Site, now: datetime) -> list[DutyPeriod]:
    """Everybody on site, prescribers before the others."""
    return sorted(duty_at(site, now), key=lambda stay: not stay.is_prescriber)


@dataclass(frozen=True)
class Spot:
    """A place to be chosen with one tap."""

    value: str
    label: str
    patient: str = ""


def spots(site: Site) -> list[Spot]:
    """Chairs with whoever is in them, then the other chairs."""
    present = TreatmentSession.objects.filter(site=site, status__in=PRESENT).select_related("chair", "patient").order_by("chair__position", "pk")
    taken = [Spot(f"s{session.pk}", str(session.chair), session.patient.short_name) for session in present]
    busy = {session.chair_id for session in present}
    free = Chair.objects.filter(site=site, is_active=True).exclude(pk__in=busy).order_by("position", "name", "pk")
    return taken + [Spot(f"c{chair.pk}", str(chair)) for chair in free]


def untold(site: Site) -> list[Emergency]:
    """Ended emergencies of which nobody has said yet what happened; a false alarm has its reason."""
    told = EmergencyEntry.objects.standing().filter(kind=EmergencyEntry.Kind.WHAT).values("emergency_id")
    ended = Emergency.objects.filter(site=site, ended_at__isnull=False).exclude(outcome=Emergency.Outcome.FALSE_ALARM)
    return list(ended.exclude(pk__in=told).select_related("chair", "patient").order_by("pressed_at", "pk"))
