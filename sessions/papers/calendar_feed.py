"""A calendar feed as RFC 5545 wants it. It says when and at which chair, never who or what (MSG-4)."""

from collections.abc import Iterable
from datetime import UTC, timedelta

from sessions.rules.feeds import Visit

REFRESH = timedelta(minutes=15)
SUMMARY = "Visit, {chair}"


def calendar_feed(visits: Iterable[Visit], *, name: str, place: str) -> bytes:
    """The whole calendar. Times are UTC: no client has to know a zone's rules, and none can get a clock change wrong."""
    from icalendar import Calendar, Event  # used here alone; keeps the worker small

    calendar = Calendar()
    calendar.add("prodid", "-//Vigil//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for visit in visits:
        event = Event()
        event.add("uid", str(visit.uid))
        event.add("sequence", visit.sequence)
        event.add("dtstamp", visit.changed_at.astimezone(UTC))
        event.add("dtstart", visit.starts_at.astimezone(UTC))
        event.add("dtend", visit.ends_at.astimezone(UTC))
        event.add("summary", SUMMARY.format(chair=visit.chair))
        event.add("location", place)
        event.add("status", "CANCELLED" if visit.is_off else "CONFIRMED")
        event.add("transp", "TRANSPARENT" if visit.is_off else "OPAQUE")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
