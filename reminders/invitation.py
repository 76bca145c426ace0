"""A visit as a file that the patient loads into their calendar: the same event as the one that e-mails bring, without an address (MSG-4)."""

from datetime import UTC

from sessions.models import TreatmentSession


def visit_file(visit: TreatmentSession) -> bytes:
    """Times are UTC: no calendar has to know a zone's rules."""
    from icalendar import Calendar, Event  # used here alone; keeps the worker small

    calendar = Calendar()
    calendar.add("prodid", "-//Vigil//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", str(visit.uid))
    event.add("sequence", visit.schedule_version)
    event.add("dtstamp", (visit.slot_set_at or visit.booked_at).astimezone(UTC))
    event.add("dtstart", visit.starts_at.astimezone(UTC))
    event.add("dtend", visit.ends_at.astimezone(UTC))
    event.add("summary", visit.site.public_name)
    event.add("location", visit.site.address)
    event.add("status", "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
