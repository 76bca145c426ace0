"""Where visits stand on a calendar: the hours that a day shows, steps of five minutes, free stretches, halves where two overlap."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from clinic.rules.opening import Calendar, closing, day_bounds, earliest, latest

STEP = timedelta(minutes=5)
QUARTER = timedelta(minutes=15)
USUAL_HOURS = (8, 18)
MOST_STARTS = 4


class Stretch(NamedTuple):
    """A piece of a day: from a moment to another."""

    starts_at: datetime
    ends_at: datetime


class Axis(NamedTuple):
    """What a day shows, in elapsed time: a day of a clock change is an hour shorter or longer, and nothing on it is drawn askew."""

    starts_at: datetime
    ends_at: datetime

    @property
    def steps(self) -> int:
        return self.step_at(self.ends_at)

    def step_at(self, moment: datetime) -> int:
        """Steps of five minutes from the beginning; within the day."""
        return (min(max(moment, self.starts_at), self.ends_at) - self.starts_at) // STEP

    def place(self, piece: Stretch) -> tuple[int, int]:
        """First step and length; what lasts at all is one step long."""
        first = self.step_at(piece.starts_at)
        return first, max(1, self.step_at(piece.ends_at) - first)

    def hours(self) -> list[datetime]:
        """The full hours that get a line."""
        return [self.starts_at + timedelta(hours=number) for number in range((self.ends_at - self.starts_at) // timedelta(hours=1))]


def hours_shown(pieces: Iterable[Stretch], day: date, zone: ZoneInfo) -> tuple[int, int] | None:
    """From which to which hour of the wall some pieces of a day reach, 0 to 24; None without any."""
    lower, upper = day_bounds(day, zone)
    first, last = [], []
    for piece in pieces:
        first.append(0 if piece.starts_at <= lower else piece.starts_at.astimezone(zone).hour)
        end = piece.ends_at.astimezone(zone)
        last.append(24 if piece.ends_at >= upper else end.hour + bool(end.minute or end.second))
    return (min(first), max(last)) if first else None


def axis_of(day: date, hours: tuple[int, int], zone: ZoneInfo) -> Axis:
    first, last = hours
    end = day_bounds(day, zone)[1] if last >= 24 else latest(day, time(last), zone)
    return Axis(earliest(day, time(first), zone), end)


def openings(calendar: Calendar, day: date) -> list[Stretch]:
    """When the site is open on a day (SET-2); nothing on a closed one."""
    zone = calendar.zone
    return [Stretch(earliest(day, span.opens_at, zone), closing(day, span.closes_at, zone)) for span in calendar.spans_on(day)]


def closed_parts(axis: Axis, open_parts: Iterable[Stretch]) -> list[Stretch]:
    """What is shaded: the hours shown in which the site isn't open."""
    start, found = axis.starts_at, []
    for part in sorted(open_parts):
        if part.starts_at > start:
            found.append(Stretch(start, min(part.starts_at, axis.ends_at)))
        start = max(start, part.ends_at)
    return [*found, Stretch(start, axis.ends_at)] if start < axis.ends_at else found


def free_stretches(
    busy: Iterable[Stretch], *, opens_at: datetime | None, closes_at: datetime | None, least: timedelta, now: datetime
) -> list[Stretch]:
    """Where another visit fits between opening and closing, from the next quarter of an hour on; none on a closed day."""
    if opens_at is None or closes_at is None:
        return []
    start, found = max(opens_at, quarter_after(now)), []
    for taken in sorted(busy):
        if taken.starts_at >= closes_at:
            break
        if taken.starts_at - start >= least:
            found.append(Stretch(start, taken.starts_at))
        start = max(start, quarter_after(taken.ends_at))
    return [*found, Stretch(start, closes_at)] if closes_at - start >= least else found


def starts_within(free: Stretch, length: timedelta) -> list[datetime]:
    """A few times to come at: one visit behind the other from the beginning, so that no useless hole is left, and the last possible."""
    last = free.ends_at - length
    last -= timedelta(minutes=last.minute % 15, seconds=last.second)
    starts: list[datetime] = []
    start = free.starts_at
    while start <= last and len(starts) < MOST_STARTS:
        starts.append(start)
        start = quarter_after(start + length)
    return starts if not starts or last - starts[-1] < QUARTER else [*starts, last]


def quarter_after(moment: datetime) -> datetime:
    """The next full quarter of an hour; the moment itself where it is one."""
    down = moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)
    return down if down == moment else down + QUARTER


def halves(pieces: list[Stretch]) -> list[int | None]:
    """Which half of the chair's width each piece takes, None for all of it: an ended visit may overlap the one that came after it."""
    sides: list[int | None] = [None] * len(pieces)
    for place, piece in enumerate(pieces):
        for before in range(place):
            if pieces[before].starts_at < piece.ends_at and piece.starts_at < pieces[before].ends_at:
                sides[before] = sides[before] or 0
                sides[place] = 1 - (sides[before] or 0)
    return sides
