"""A visit as the rules of messages see it."""

from zoneinfo import ZoneInfo

from reminders.rules.kinds import Slot
from sessions.models import TreatmentSession


def slot_of(visit: TreatmentSession) -> Slot:
    """In the patient's zone; `visit` comes with its site and patient."""
    zone = ZoneInfo(visit.patient.time_zone or visit.site.time_zone)
    return Slot(visit.starts_at, visit.discharged_at or visit.ends_at, visit.slot_set_at or visit.booked_at, zone)
