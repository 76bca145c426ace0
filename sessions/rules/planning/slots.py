"""The nearest legal slots around a wished moment: another chair, another time of the day, another day; each with its reason in plain words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain, islice

from clinic.rules.opening import earliest
from sessions.rules.booking import STEP
from sessions.rules.planning.course import CourseFacts, Decision, against_course
from sessions.rules.planning.house import House, Slot, spoken

RADIUS_DAYS = 7
PER_KIND = 3


class Kind(StrEnum):
    """How an offer differs from what was wished."""

    AS_WISHED = "as wished"
    OTHER_CHAIR = "other chair"
    OTHER_TIME = "other time"
    OTHER_DAY = "other day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A moment that somebody wishes: local day and wall time; `chair_pk` None is any chair."""

    day: date
    wall: time
    chair_pk: int | None
    dose_mg: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot that can be had; `reason` says why not the wished one and how this differs, "" when it is the wished one.

    `decisions` are what a prescriber decides before it can be had; none for most.
    """

    slot: Slot
    kind: Kind
    reason: str
    decisions: tuple[Decision, ...] = ()


def wanted_at(starts_at: datetime, chair_pk: int | None, dose_mg: int, house: House) -> Wanted:
    """A wish from a moment: what a booked visit was, for moving it."""
    local = starts_at.astimezone(house.calendar.zone)
    return Wanted(day=local.date(), wall=local.time(), chair_pk=chair_pk, dose_mg=dose_mg)


def nearest_slots(
    wanted: Wanted,
    *,
    house: House,
    course: CourseFacts,
    first: date | None = None,
    last: date | None = None,
    besides: int | None = None,
    per_kind: int = PER_KIND,
) -> list[Offer]:
    """The wished slot if it is legal, then at most `per_kind` of each kind: same time on another chair, same day, other days.

    `first` and `last` bound the days (default: a week around, never the past). `besides` is the session that is to be moved:
    neither its chair nor its day stands in the way.
    """
    house, days = freed(house, course, besides)
    why = why_not(wanted, house, course, days)
    is_within = (first or wanted.day) <= wanted.day <= (last or wanted.day)
    of_day = list(islice(legal_times(wanted, wanted.day, house, course, days), per_kind + 1)) if is_within else []
    at = house.moment(wanted.day, wanted.wall)
    same_time = list(chain.from_iterable(free for free in of_day if free[0].starts_at == at))
    other_time = [free[0] for free in of_day if free[0].starts_at != at]
    other_days = (one for one in days_around(wanted.day, house.today, first, last) if one != wanted.day)
    elsewhen = (free[0] for day in other_days for free in islice(legal_times(wanted, day, house, course, days), 1))
    kept = same_time[: per_kind + (not why)]
    return [offer_of(slot, wanted, house, why) for slot in (*kept, *other_time[:per_kind], *islice(elsewhen, per_kind))]


def nearest(wanted: Wanted, *, house: House, course: CourseFacts, days: Iterable[date], first: date, last: date) -> Offer | None:
    """The one nearest legal slot between two days: the wished day first, then the days around it; None when there is none."""
    planned = tuple(days)
    for day in days_around(wanted.day, house.today, first, last):
        for free in legal_times(wanted, day, house, course, planned):
            return offer_of(free[0], wanted, house, why_not(wanted, house, course, planned))
    return None


def freed(house: House, course: CourseFacts, besides: int | None) -> tuple[House, tuple[date, ...]]:
    """House and the course's days without the visit that is to be moved."""
    mine = {one.treatment_on for one in house.taken if besides is not None and one.session_pk == besides}
    return house.without(besides), tuple(day for day in course.days if day not in mine or day in course.dosed_days)


def legal_times(wanted: Wanted, day: date, house: House, course: CourseFacts, days: Iterable[date]) -> Iterator[list[Slot]]:
    """For each time of a day that can be had, nearest first: its free chairs, the wished one first."""
    if not against_course(course, days, day, house):
        yield from times_on(wanted, day, house, course.patient_pk)


def times_on(wanted: Wanted, day: date, house: House, patient_pk: int) -> Iterator[list[Slot]]:
    """The same as far as the house goes, whatever the course's rhythm says."""
    if house.against_day(day):
        return
    chairs = chairs_for(wanted, house)
    for at in starts_of(wanted, day, house):
        slot = house.slot(at, 0)
        if not house.against_time(slot, wanted.dose_mg, patient_pk):
            busy = {one.chair_pk for one in house.during(slot.starts_at, slot.ends_at)}
            free = [slot._replace(chair_pk=chair) for chair in chairs if chair not in busy]
            if free:
                yield free


def chairs_for(wanted: Wanted, house: House) -> list[int]:
    """The wished chair first, then the others as they stand in the room; only those in use."""
    return [seat.pk for seat in sorted(house.seats, key=lambda seat: seat.pk != wanted.chair_pk)]


def starts_of(wanted: Wanted, day: date, house: House) -> list[datetime]:
    """The moments to try on a day: the wished time and every quarter of an hour from opening on, nearest first."""
    around = earliest(day, wanted.wall, house.calendar.zone)
    wished = house.moment(day, wanted.wall)
    moments = {wished} if wished is not None else set()
    for opens, closes in house.openings(day):
        at, last = opens, house.last_start(day, closes, wanted.dose_mg)
        while at <= last:
            moments.add(at)
            at += STEP
    return sorted(moments, key=lambda moment: (abs(moment - around), moment))


def days_around(day: date, today: date, first: date | None, last: date | None) -> Iterator[date]:
    """A day, the next, the one before, and so on within bounds (default: a week each way, of today when the day has passed)."""
    middle = max(day, today)
    low, high = first or middle - timedelta(days=RADIUS_DAYS), last or middle + timedelta(days=RADIUS_DAYS)
    for offset in range(max(abs((high - day).days), abs((day - low).days)) + 1):
        for one in dict.fromkeys((day + timedelta(days=offset), day - timedelta(days=offset))):
            if low <= one <= high:
                yield one


def why_not(wanted: Wanted, house: House, course: CourseFacts, days: Iterable[date]) -> str:
    """The first thing that stands against a wish, in plain words; empty when it can be had."""
    against = house.against_day(wanted.day) or against_course(course, days, wanted.day, house)
    if against:
        return against
    at = house.moment(wanted.day, wanted.wall)
    if at is None:
        return f"The clocks change on {spoken(wanted.day)}: {wanted.wall:%H:%M} doesn’t exist."
    against = house.against_time(house.slot(at, 0), wanted.dose_mg, course.patient_pk)
    if against:
        return against
    if wanted.chair_pk is not None:
        return house.against_chair(house.slot(at, wanted.chair_pk))
    is_free = any(not house.against_chair(house.slot(at, seat.pk)) for seat in house.seats)
    return "" if is_free else f"No chair is free at {house.wall(at)}."


def offer_of(slot: Slot, wanted: Wanted, house: House, why: str, decisions: tuple[Decision, ...] = ()) -> Offer:
    """A slot with what it is called and why it is offered."""
    kind, words = difference(slot, wanted, house)
    return Offer(slot, kind, f"{why} {words}".strip(), decisions)


def difference(slot: Slot, wanted: Wanted, house: House) -> tuple[Kind, str]:
    """How a slot differs from the wish, in plain words: "One day later, Tuesday 8 September, at 09:30 instead of 09:00."."""
    offset = (slot.day - wanted.day).days
    is_same_time = house.wall(slot.starts_at) == f"{wanted.wall:%H:%M}"
    parts = []
    if offset:
        parts.append(f"{count_of(abs(offset), 'day')} {'later' if offset > 0 else 'earlier'}, {spoken(slot.day)}")
    if not is_same_time:
        parts.append(f"at {house.wall(slot.starts_at)} instead of {wanted.wall:%H:%M}")
    if wanted.chair_pk not in (None, slot.chair_pk):
        parts.append(f"{house.name_of(slot.chair_pk)} instead of {house.name_of(wanted.chair_pk)}")
    text = ", ".join(parts)
    kind = Kind.OTHER_DAY if offset else Kind.OTHER_TIME if not is_same_time else Kind.OTHER_CHAIR if parts else Kind.AS_WISHED
    return kind, f"{text[:1].upper()}{text[1:]}." if text else ""


def count_of(number: int, word: str) -> str:
    return f"one {word}" if number == 1 else f"{number} {word}s"
