"""A visit as the rules of messages see it, in the patient's zone."""

from zoneinfo import ZoneInfo

from clinic.models import Site
from patients.models import Patient
from reminders.rules.kinds import Slot
from reminders.rules.moments import LAWFUL, Hours
from sessions.models import TreatmentSession


def zone_of(patient: Patient | None, site: Site) -> ZoneInfo:
    """The patient's zone (MSG-3); the site's where none is told, and for a number that no chart knows."""
    return ZoneInfo((patient.time_zone if patient is not None else "") or site.time_zone)


def slot_of(visit: TreatmentSession, hours: Hours = LAWFUL) -> Slot:
    """`visit` comes with its site and patient."""
    zone = zone_of(visit.patient, visit.site)
    return Slot(visit.starts_at, visit.discharged_at or visit.ends_at, visit.slot_set_at or visit.booked_at, zone, hours)
