"""One visit as a calendar file (RFC 5545, 5546): it updates and cancels the same event, and tells a time and a place, never what for (MSG-4)."""

from datetime import UTC
from email.utils import parseaddr

from django.conf import settings

from reminders.channels.outcomes import Event
from sessions.models import TreatmentSession

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def calendar_file(visit: TreatmentSession, *, method: str, to: str = "") -> Event:
    """The visit's event, for the patient's address where a mail brings it; for nobody's where they fetch it themselves.

    Times are UTC: no client has to know a zone's rules, and none can get a clock change wrong.
    """
    # Not every worker writes one; it keeps the others small.
    import icalendar

    is_off = method == CANCEL
    changed_at = (visit.cancelled_at if is_off else visit.slot_set_at) or visit.booked_at
    event = icalendar.Event()
    event.add("uid", str(visit.uid))
    event.add("sequence", visit.schedule_version)
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("dtstart", visit.starts_at.astimezone(UTC))
    event.add("dtend", visit.ends_at.astimezone(UTC))
    event.add("summary", visit.site.public_name)
    event.add("location", visit.site.address)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if is_off else "OPAQUE")
    event.add("class", "PRIVATE")
    if to:
        event.add("organizer", icalendar.vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"))
        event.add("attendee", icalendar.vCalAddress(f"mailto:{to}"), parameters={"PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Vigil//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    return Event(method, calendar.to_ical().decode())
