"""How long a text has waited while somebody was there to read it (MSG-6)."""

from datetime import date, datetime, timedelta

from clinic.rules.opening import Calendar, closing, earliest, local_day

UNREAD_FOR = timedelta(minutes=15)
# Of a site that is closed for longer, somebody is told after that anyway.
LOOK_AHEAD = timedelta(days=10)


def alarm_at(calendar: Calendar, received_at: datetime) -> datetime:
    """When fifteen staffed minutes have passed since a text came: minutes outside of the site's hours and on its closed days don't count."""
    left = UNREAD_FOR
    first = local_day(received_at, calendar.zone)
    for begins_at, ends_at in openings(calendar, first, first + LOOK_AHEAD):
        start = max(begins_at, received_at)
        if ends_at - start >= left:
            return start + left
        left -= max(ends_at - start, timedelta())
    return received_at + LOOK_AHEAD


def openings(calendar: Calendar, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Every opening from a day to another, earliest first (UTC)."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    zone = calendar.zone
    return [(earliest(day, span.opens_at, zone), closing(day, span.closes_at, zone)) for day in days for span in calendar.spans_on(day)]
