"""The proposal of a course: eight visits in four weeks, then weekly, then every one or two weeks, each on its nearest legal slot (DOS-3, DOS-4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

from clinic.findings import Finding
from patients.rules.course import INDUCTION_WEEKS, WEEKLY_UNTIL_WEEK, Phase, begun_on, phase_of, week_of
from patients.rules.dosing import LEAST_WEEKLY_GAP
from sessions.rules.planning.course import CourseFacts, dose_on, label_findings, position_on
from sessions.rules.planning.house import House, Slot, spoken
from sessions.rules.planning.slots import Wanted, nearest, why_not

PER_WEEK = 2
# A visit of the weekly phases that can't be had on its day is looked for so many days around it; practice.
LEEWAY = 3
FIRST_WITHIN = timedelta(days=13)


class Usual(NamedTuple):
    """A weekday (0 = Monday) and the local time at which the patient comes."""

    weekday: int
    wall: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for. `chair_pk` None is any; `until` bounds maintenance (and beyond), which has no end of its own."""

    start: date
    usual: tuple[Usual, ...]
    chair_pk: int | None = None
    phases: tuple[Phase, ...] = (Phase.INDUCTION,)
    dose_mg: int | None = None
    every_weeks: int = 1
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """One visit of a proposal; `reason` is empty when it stands where it was wished. `findings` are the label's (DOS-3…DOS-6)."""

    number: int
    slot: Slot
    week: int
    phase: Phase
    dose_mg: int
    reason: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Hole:
    """A visit that has no legal slot, and why."""

    day: date
    week: int
    phase: Phase
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Visits in order of time, and those that could not be placed."""

    visits: tuple[Proposed, ...]
    holes: tuple[Hole, ...]


@dataclass(slots=True)
class Draft:
    """A proposal while it grows: the course's days with those that have found a slot."""

    wishes: Wishes
    house: House
    course: CourseFacts
    days: list[date]
    placed: list[tuple[Slot, int, str]] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)

    @property
    def start(self) -> date:
        return max(self.wishes.start, self.house.today)

    @property
    def began_on(self) -> date | None:
        """The first day of the course, dosed or planned, here or elsewhere: weeks count from it (DOS-3)."""
        return begun_on(min(self.days, default=None), self.course.earlier_first_on)

    def week(self, day: date) -> int:
        return week_of(self.began_on or day, day)

    def wished_days(self, first: date, last: date) -> Iterator[Wanted]:
        """The usual days between two days, with the dose that their place in the course asks for."""
        walls = dict(self.wishes.usual)
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if day.weekday() in walls:
                dose = dose_on(self.course, self.days, day, self.wishes.dose_mg, self.house.protocol)
                yield Wanted(day=day, wall=walls[day.weekday()], chair_pk=self.wishes.chair_pk, dose_mg=dose)

    def is_legal(self, wanted: Wanted) -> bool:
        return not why_not(wanted, self.house, self.course, self.days)

    def place(self, wanted: Wanted, first: date, last: date) -> bool:
        """Put a visit on the nearest legal slot between two days, or note why there is none."""
        offer = nearest(wanted, house=self.house, course=self.course, days=self.days, first=max(first, self.start), last=last)
        if offer is None:
            why = why_not(wanted, self.house, self.course, self.days)
            text = f"{why} No other legal slot from {spoken(max(first, self.start))} to {spoken(last)}."
            self.holes.append(Hole(wanted.day, self.week(wanted.day), phase_of(self.course.indication, self.week(wanted.day)), text))
            return False
        self.placed.append((offer.slot, wanted.dose_mg, offer.reason))
        self.days = sorted([*self.days, offer.slot.day])
        return True


def propose(wishes: Wishes, *, house: House, course: CourseFacts) -> Proposal:
    """Visits for the phases that were asked for, from the start on (never the past); what is booked or dosed stays and counts.

    Every visit is legal: on an open day, within hours, on a free chair, at least the site's gap from the next, as often as its phase allows,
    one a day (DOS-3, DOS-5, DOS-7, DOS-9, MON-9). Where the usual slot can't be had, the nearest legal one stands with its reason.
    """
    draft = Draft(wishes, house, course, list(course.days))
    if draft.began_on is None and not begin(draft):
        return finished(draft)
    if Phase.INDUCTION in wishes.phases:
        for week in range(1, INDUCTION_WEEKS + 1):
            twice(draft, week)
    for phase in (Phase.WEEKLY, Phase.MAINTENANCE, Phase.BEYOND):
        if phase in wishes.phases:
            at_intervals(draft, phase)
    return finished(draft)


def begin(draft: Draft) -> bool:
    """The first visit of a course: the first usual day from the start on; within two weeks, or there is none."""
    last = draft.start + FIRST_WITHIN
    first = next(draft.wished_days(draft.start, last), None)
    return first is not None and draft.place(first, draft.start, last)


def twice(draft: Draft, week: int) -> None:
    """Fill a week of the induction up to two visits, as far as usual days remain in it; what was missed stays missed (DOS-6)."""
    assert draft.began_on is not None
    first = draft.began_on + timedelta(weeks=week - 1)
    last = first + timedelta(days=6)
    wished = [wanted for wanted in draft.wished_days(max(first, draft.start), last) if wanted.day not in draft.days]
    missing = PER_WEEK - sum(first <= day <= last for day in draft.days)
    for _ in range(min(missing, len(wished))):
        chosen = next((wanted for wanted in wished if draft.is_legal(wanted)), wished[0])
        wished.remove(chosen)
        draft.place(chosen, first, last)


def at_intervals(draft: Draft, phase: Phase) -> None:
    """One visit a week, or every other week: the usual day nearest to the interval since the one before."""
    assert draft.began_on is not None
    opens, closes = bounds_of(phase, draft.began_on, draft.wishes.until)
    if phase_of(draft.course.indication, draft.week(opens)) is not phase:
        return
    every = 7 * (draft.wishes.every_weeks if phase is Phase.MAINTENANCE else 1)
    at = max(opens, draft.start)
    while True:
        last = max((day for day in known_days(draft) if day < at + timedelta(days=LEAST_WEEKLY_GAP)), default=None)
        earliest_day = at if last is None else max(at, last + timedelta(days=every - 1))
        wanted = next(draft.wished_days(earliest_day, min(closes, earliest_day + timedelta(days=6))), None)
        if wanted is None:
            return
        kept = next((day for day in draft.days if wanted.day <= day < wanted.day + timedelta(days=LEAST_WEEKLY_GAP)), None)
        around = max(opens, wanted.day - timedelta(days=LEEWAY)), min(closes, wanted.day + timedelta(days=LEEWAY))
        is_placed = kept is None and draft.place(wanted, *around)
        at = wanted.day + timedelta(days=1 if kept or is_placed else LEAST_WEEKLY_GAP)


def known_days(draft: Draft) -> list[date]:
    elsewhere = draft.course.earlier_last_on
    return [*draft.days, *([elsewhere] if elsewhere is not None else [])]


def bounds_of(phase: Phase, began_on: date, until: date | None) -> tuple[date, date]:
    """First and last day of a phase that follows the induction; maintenance and what is beyond end with the wish."""
    first_week = WEEKLY_UNTIL_WEEK + 1 if phase is Phase.MAINTENANCE else INDUCTION_WEEKS + 1
    opens = began_on + timedelta(weeks=first_week - 1)
    ends = began_on + timedelta(weeks=WEEKLY_UNTIL_WEEK, days=-1) if phase is Phase.WEEKLY else until or opens + timedelta(weeks=8, days=-1)
    return opens, min(ends, until) if until is not None else ends


def finished(draft: Draft) -> Proposal:
    """The visits in order, numbered by the one function that numbers sessions."""
    return Proposal(tuple(proposed(draft, *one) for one in sorted(draft.placed)), tuple(sorted(draft.holes, key=lambda hole: hole.day)))


def proposed(draft: Draft, slot: Slot, dose_mg: int, reason: str) -> Proposed:
    position = position_on(draft.course, draft.days, slot.day)
    found = label_findings(draft.course, draft.days, slot.day, dose_mg, draft.house.protocol)
    return Proposed(
        number=position.next_number, slot=slot, week=position.week, phase=position.phase, dose_mg=dose_mg, reason=reason, findings=tuple(found)
    )
