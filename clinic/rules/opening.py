"""When a site is open: days and moments in its own zone, clock changes included (PMF-5, SET-2)."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

LAST_MINUTE = time(23, 59)


class Span(NamedTuple):
    """One opening of a weekday (0 = Monday), local times; `monitors` is how many are planned for it, where the site says so (MON-9)."""

    weekday: int
    opens_at: time
    closes_at: time
    monitors: int | None = None


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The date that the site's wall shows at a moment."""
    return moment.astimezone(zone).date()


def earliest(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which the wall shows that time; of an hour told twice the first."""
    return min(_instants(day, wall, zone))


def latest(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The last moment (UTC) at which the wall shows that time; of an hour told twice the second, of a skipped one the later side."""
    return max(_instants(day, wall, zone))


def closing(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which a site closes; 23:59 is written for midnight: who never closes has no minute without anybody."""
    return latest(day, wall, zone) if wall < LAST_MINUTE else day_bounds(day, zone)[1]


def _instants(day: date, wall: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    first = datetime.combine(day, wall, tzinfo=zone)
    return first.replace(fold=0).astimezone(UTC), first.replace(fold=1).astimezone(UTC)


@lru_cache(maxsize=512)
def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a local day and of the next (UTC): 23, 24 or 25 hours apart."""
    return earliest(day, time.min, zone), earliest(day + timedelta(days=1), time.min, zone)


@dataclass(frozen=True)
class Calendar:
    """A site's weekly hours, its closed days, and those on which it closes `early`, in its zone."""

    zone: ZoneInfo
    spans: tuple[Span, ...]
    closed: frozenset[date]
    early: tuple[tuple[date, time], ...] = ()

    def spans_on(self, day: date) -> list[Span]:
        """The openings of a day, earliest first; none on a closed day, none after an early closing."""
        if day in self.closed:
            return []
        spans = sorted(span for span in self.spans if span.weekday == day.weekday())
        until = dict(self.early).get(day) if self.early else None
        if until is None:
            return spans
        return [span._replace(closes_at=min(span.closes_at, until)) for span in spans if span.opens_at < until]

    def is_staffed(self, day: date) -> bool:
        """Whether the site is open on that day at all (PMF-5)."""
        return bool(self.spans_on(day))

    def opening_at(self, day: date) -> datetime | None:
        """When the site first opens that day (UTC); None on a closed day."""
        spans = self.spans_on(day)
        return earliest(day, spans[0].opens_at, self.zone) if spans else None

    def closing_at(self, day: date) -> datetime | None:
        """When the site last closes that day (UTC); None on a closed day."""
        spans = self.spans_on(day)
        return closing(day, max(span.closes_at for span in spans), self.zone) if spans else None

    def is_open(self, at: datetime) -> bool:
        """Whether a moment lies within the site's hours; the closing moment itself doesn't."""
        day = local_day(at, self.zone)
        return any(earliest(day, span.opens_at, self.zone) <= at < closing(day, span.closes_at, self.zone) for span in self.spans_on(day))

    def last_staffed_day(self, on_or_before: date, not_before: date) -> date:
        """The last open day of a range, for a deadline that must fall on a working day (PMF-5); `not_before` when none is open."""
        day = on_or_before
        while day > not_before and not self.is_staffed(day):
            day -= timedelta(days=1)
        return max(day, not_before)

    def presence_lapses_at(self, came_at: datetime) -> datetime:
        """When presence ends by itself (SET-2): at closing of the day of coming; after hours, at the end of that day."""
        closing = self.closing_at(local_day(came_at, self.zone))
        return closing if closing is not None and closing > came_at else self.end_of_day(came_at)

    def end_of_day(self, at: datetime) -> datetime:
        """The midnight (UTC) that ends the local day of a moment."""
        return day_bounds(local_day(at, self.zone), self.zone)[1]


def overlapping(spans: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Pairs of openings of one weekday that run into each other."""
    ordered = sorted(spans)
    return [(a, b) for a, b in itertools.pairwise(ordered) if a.weekday == b.weekday and b.opens_at < a.closes_at]
