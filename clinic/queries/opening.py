"""A site's calendar, read in one query."""

from datetime import date, datetime, time, timedelta

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from clinic.models import Closure, OpeningHours, Site
from clinic.prepared import prepared
from clinic.rules.opening import Calendar, Span, local_day


def today_at(site: Site, now: datetime) -> date:
    """The site's own date at a moment."""
    return local_day(now, site.zone)


def calendar_of(site: Site, first: date, last: date) -> Calendar:
    """Weekly hours and the closures between two days, for lists that ask about many days."""
    spans, closed, early = [], set(), []
    for start, opens_at, closes_at in hours_and_closures(site.pk, first, last):
        if opens_at:
            spans.append(Span(int(start), time.fromisoformat(opens_at), time.fromisoformat(closes_at)))
        elif closes_at:
            early.append((date.fromisoformat(start), time.fromisoformat(closes_at)))
        else:
            closed.add(date.fromisoformat(start))
    in_order = tuple(sorted(spans, key=lambda span: (span.weekday, span.opens_at)))
    return Calendar(zone=site.zone, spans=in_order, closed=frozenset(closed), early=tuple(early))


@prepared
def hours_and_closures(site_pk: int, first: date, last: date) -> QuerySet[OpeningHours, tuple[str, str, str]]:
    hours = OpeningHours.objects.filter(site_id=site_pk).order_by().values_list(_text("weekday"), _text("opens_at"), _text("closes_at"))
    closures = Closure.objects.filter(site_id=site_pk, closed_on__gte=first, closed_on__lte=last).order_by()
    return hours.union(closures.values_list(_text("closed_on"), Value("", CharField()), Coalesce(_text("closes_at"), Value(""))), all=True)


def _text(column: str) -> Cast:
    """A column as text: hours and closures then come in one query."""
    return Cast(column, CharField())


def is_staffed(site: Site, day: date) -> bool:
    return calendar_of(site, day, day).is_staffed(day)


def closing_at(site: Site, day: date) -> datetime | None:
    """When the site closes on a day (UTC); None when it is closed."""
    return calendar_of(site, day, day).closing_at(day)


def last_staffed_day(site: Site, on_or_before: date, not_before: date | None = None) -> date:
    """The last open day on or before a date (PMF-5); `not_before` (default: a week earlier) when none is open."""
    floor = not_before if not_before is not None else on_or_before - timedelta(days=7)
    return calendar_of(site, floor, on_or_before).last_staffed_day(on_or_before, floor)
