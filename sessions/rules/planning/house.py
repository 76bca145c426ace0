"""The house as plain values: hours, chairs, what is taken, who watches; and what stands against a day, a time, a chair (DOS-9, MON-9)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from clinic.rules.opening import Calendar, closing, earliest, local_day
from patients.rules.protocol import REMS_ESKETAMINE, TreatmentProtocol
from sessions.rules.booking import FURTHEST, Taken, dosing_span, latest_first_device_at


class Seat(NamedTuple):
    """A chair in use."""

    pk: int
    name: str


class Terms(NamedTuple):
    """What holds from a day on: the site's policy, and a patient's longer watch within `watch` and `after` (PAT-8)."""

    from_on: date
    before: timedelta = timedelta(minutes=30)
    after: timedelta = timedelta(minutes=150)
    rest: timedelta = timedelta(minutes=5)
    watch: timedelta = timedelta(minutes=120)
    minimum_gap_days: int = 2


class Staffed(NamedTuple):
    """So many visits at once can be watched in these hours of a weekday (0 = Monday, local times; MON-9)."""

    weekday: int
    opens_at: time
    closes_at: time
    at_once: int


class Slot(NamedTuple):
    """A visit's place: from coming to leaving, on a chair."""

    day: date
    starts_at: datetime
    ends_at: datetime
    chair_pk: int


@dataclass(frozen=True, kw_only=True)
class House:
    """`seats` stand in the order of the room, `terms` in the order of their day; hours without a row in `staffed` aren't limited."""

    calendar: Calendar
    seats: tuple[Seat, ...]
    terms: tuple[Terms, ...]
    now: datetime
    taken: tuple[Taken, ...] = ()
    staffed: tuple[Staffed, ...] = ()
    protocol: TreatmentProtocol = REMS_ESKETAMINE

    @cached_property
    def today(self) -> date:
        return local_day(self.now, self.calendar.zone)

    @cached_property
    def _by_day(self) -> dict[date, list[Taken]]:
        """What holds a chair, by each UTC day that it touches."""
        days: dict[date, list[Taken]] = {}
        for one in self.taken:
            day, last = one.starts_at.astimezone(UTC).date(), one.ends_at.astimezone(UTC).date()
            while one.holds_chair and day <= last:
                days.setdefault(day, []).append(one)
                day += timedelta(days=1)
        return days

    @cached_property
    def _names(self) -> dict[int, str]:
        return dict(self.seats)

    @cached_property
    def _openings(self) -> dict[date, list[tuple[datetime, datetime]]]:
        return {}

    def name_of(self, chair_pk: int) -> str:
        return self._names.get(chair_pk, "That chair")

    def during(self, starts_at: datetime, ends_at: datetime) -> list[Taken]:
        """What holds a chair at some moment of a stretch."""
        day, last = starts_at.astimezone(UTC).date(), ends_at.astimezone(UTC).date()
        found: list[Taken] = []
        while day <= last:
            found += [one for one in self._by_day.get(day, ()) if one.starts_at < ends_at and starts_at < one.ends_at and one not in found]
            day += timedelta(days=1)
        return found

    def holding(self, more: Iterable[Taken]) -> "House":
        """The same house with further visits in it."""
        return replace(self, taken=(*self.taken, *more))

    def without(self, session_pk: int | None) -> "House":
        """The same house without one visit: the one that is to be moved."""
        return self if session_pk is None else replace(self, taken=tuple(one for one in self.taken if one.session_pk != session_pk))

    def terms_on(self, day: date) -> Terms:
        """What holds on a day; before the first, the first."""
        return next((terms for terms in reversed(self.terms) if terms.from_on <= day), self.terms[0])

    def moment(self, day: date, wall: time) -> datetime | None:
        """When the wall shows a time on a day (UTC); None where the clock change skips it."""
        at = earliest(day, wall, self.calendar.zone)
        return at if at.astimezone(self.calendar.zone).time() == wall else None

    def wall(self, at: datetime) -> str:
        return f"{at.astimezone(self.calendar.zone):%H:%M}"

    def slot(self, starts_at: datetime, chair_pk: int) -> Slot:
        """A whole visit that begins at a moment."""
        day = local_day(starts_at, self.calendar.zone)
        terms = self.terms_on(day)
        return Slot(day, starts_at, starts_at + terms.before + terms.after, chair_pk)

    def openings(self, day: date) -> list[tuple[datetime, datetime]]:
        """The opening stretches of a day (UTC), those that touch as one."""
        if day not in self._openings:
            merged: list[tuple[datetime, datetime]] = []
            for span in self.calendar.spans_on(day):
                opens, closes = earliest(day, span.opens_at, self.calendar.zone), closing(day, span.closes_at, self.calendar.zone)
                if merged and opens <= merged[-1][1]:
                    merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
                else:
                    merged.append((opens, closes))
            self._openings[day] = merged
        return self._openings[day]

    def last_start(self, day: date, closes_at: datetime, dose_mg: int) -> datetime:
        """The latest coming that leaves time for the whole visit, and for the watch and half an hour after the last device (DOS-9)."""
        terms = self.terms_on(day)
        dosing = dosing_span(devices=devices_of(self.protocol, dose_mg), rest=terms.rest)
        latest_dose = latest_first_device_at(ends=[closes_at], dosing=dosing, minimum_watch=terms.watch)
        assert latest_dose is not None  # there is one end
        return min(latest_dose - terms.before, closes_at - terms.before - terms.after)

    def against_day(self, day: date) -> str:
        """Why nobody can come on a day, in plain words; empty when they can."""
        if day < self.today:
            return f"{spoken(day)} has passed."
        if day - self.today > FURTHEST:
            return f"{spoken(day)} is too far away."
        return "" if self.openings(day) else f"The clinic is closed on {spoken(day)}."

    def against_time(self, slot: Slot, dose_mg: int, patient_pk: int | None = None) -> str:
        """Why the time can't be had on any chair, in plain words (DOS-9, MON-9); empty when it can."""
        if slot.starts_at < self.now:
            return "That time has passed."
        opening = next(((opens, closes) for opens, closes in self.openings(slot.day) if opens <= slot.starts_at < closes), None)
        if opening is None:
            return f"The clinic isn’t open at {self.wall(slot.starts_at)} on {spoken(slot.day)}."
        if slot.starts_at > self.last_start(slot.day, opening[1], dose_mg):
            return f"A visit at {self.wall(slot.starts_at)} would not be over before the clinic closes at {self.wall(opening[1])}."
        others = self.during(slot.starts_at, slot.ends_at)
        if any(one.patient_pk == patient_pk for one in others):
            return "The patient has another visit at that time."
        return self.against_staff(slot, others)

    def against_staff(self, slot: Slot, others: list[Taken]) -> str:
        """Whether one more visit would be more than the planned monitors can watch at once (MON-9)."""
        for row in self.staffed:
            if row.weekday != slot.day.weekday():
                continue
            begins = max(slot.starts_at, earliest(slot.day, row.opens_at, self.calendar.zone))
            ends = min(slot.ends_at, closing(slot.day, row.closes_at, self.calendar.zone))
            if begins < ends and 1 + most_at_once(others, begins, ends) > row.at_once:
                return f"At {self.wall(slot.starts_at)} the monitors already watch as many chairs as they can ({row.at_once})."
        return ""

    def against_chair(self, slot: Slot) -> str:
        """Why the chair can't be had at that time; empty when it can."""
        if slot.chair_pk not in self._names:
            return "That chair is not in use."
        for one in self.during(slot.starts_at, slot.ends_at):
            if one.chair_pk == slot.chair_pk:
                return f"{self.name_of(slot.chair_pk)} is taken from {self.wall(one.starts_at)} to {self.wall(one.ends_at)}."
        return ""


def most_at_once(others: list[Taken], begins: datetime, ends: datetime) -> int:
    """How many visits share a moment of a stretch at most; a peak begins with the stretch or with one of them."""
    inside = [one for one in others if one.starts_at < ends and begins < one.ends_at]
    peaks = [begins, *(one.starts_at for one in inside if one.starts_at > begins)]
    return max(sum(one.starts_at <= peak < one.ends_at for one in inside) for peak in peaks)


def devices_of(protocol: TreatmentProtocol, dose_mg: int) -> int:
    """How many devices make a dose; one for a dose that no whole number makes."""
    try:
        return protocol.devices_for(dose_mg)
    except ValueError:
        return 1


def spoken(day: date) -> str:
    """Monday 7 September."""
    return f"{day:%A} {day.day} {day:%B}"
