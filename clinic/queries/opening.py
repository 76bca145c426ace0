"""A site's calendar, read in two queries."""

from datetime import date, datetime, timedelta

from clinic.models import Closure, OpeningHours, Site
from clinic.rules.opening import Calendar, Span, local_day


def today_at(site: Site, now: datetime) -> date:
    """The site's own date at a moment."""
    return local_day(now, site.zone)


def calendar_of(site: Site, first: date, last: date) -> Calendar:
    """Weekly hours and the closures between two days, for lists that ask about many days."""
    spans = OpeningHours.objects.filter(site=site).values_list("weekday", "opens_at", "closes_at")
    closed = Closure.objects.filter(site=site, closed_on__range=(first, last)).values_list("closed_on", flat=True)
    return Calendar(zone=site.zone, spans=tuple(Span(*span) for span in spans), closed=frozenset(closed))


def is_staffed(site: Site, day: date) -> bool:
    return calendar_of(site, day, day).is_staffed(day)


def closing_at(site: Site, day: date) -> datetime | None:
    """When the site closes on a day (UTC); None when it is closed."""
    return calendar_of(site, day, day).closing_at(day)


def last_staffed_day(site: Site, on_or_before: date, not_before: date | None = None) -> date:
    """The last open day on or before a date (PMF-5); `not_before` (default: a week earlier) when none is open."""
    floor = not_before if not_before is not None else on_or_before - timedelta(days=7)
    return calendar_of(site, floor, on_or_before).last_staffed_day(on_or_before, floor)
