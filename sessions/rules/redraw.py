"""The rest of a course, proposed anew after a missed or held visit: what stays, what moves, what comes besides, what is given up (DOS-6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from patients.rules.course import Phase, begun_on, week_of
from sessions.rules.booking import Taken
from sessions.rules.next_step import BACK
from sessions.rules.planning import CourseFacts, Decision, House, Kind, Slot, Usual, Wanted, Wishes, decided_slots, nearest_slots, propose, wanted_at
from sessions.rules.planning.course import GAP
from sessions.rules.planning.house import spoken

# Maintenance has no end of its own: so far is proposed where nothing is booked; practice.
AHEAD = timedelta(weeks=8)
# A gap that says "every two weeks" rather than "weekly"; between the two label intervals.
TWO_WEEKS_FROM = 11
NEW = -1  # stands for a visit that has no row yet


class Booked(NamedTuple):
    """A visit to come, as it stands."""

    session_pk: int
    version: int
    slot: Slot
    dose_mg: int


class What(StrEnum):
    STAY = "stay"
    MOVE = "move"
    ADD = "add"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One visit, old and proposed side by side; `reason` says why it can't stay, or why it isn't where it was wished.

    `decisions` are what a prescriber decides before it can be so. `is_last_resort`: given up because nothing else is possible.
    """

    what: What
    old: Booked | None = None
    new: Slot | None = None
    dose_mg: int = 0
    reason: str = ""
    decisions: tuple[Decision, ...] = ()
    is_last_resort: bool = False

    @property
    def key(self) -> str:
        """What a page posts for this line: it names the visit's version and the slot, so that nothing else can be meant."""
        visit = [f"{self.old.session_pk}-{self.old.version}"] if self.old is not None else []
        place = [f"{self.new.starts_at:%Y%m%dT%H%M}-{self.new.chair_pk}"] if self.new is not None else []
        return "-".join([str(self.what), *visit, *place])

    @property
    def is_alone(self) -> bool:
        """Accepted by its own tick, never with "all": a prescriber decides, or a visit of a course that goes on is given up."""
        return bool(self.decisions) or self.is_last_resort

    @property
    def is_change(self) -> bool:
        return self.what is not What.STAY

    @property
    def at(self) -> datetime:
        slot = self.old.slot if self.old is not None else self.new
        assert slot is not None
        return slot.starts_at


def first_new_day(choice: str, phase: Phase, *, today: date, booked: Sequence[Booked]) -> date:
    """From when on visits may be added: in weeks 1–4 and after a step back from tomorrow on, else behind what is booked already."""
    if choice == BACK or phase is Phase.INDUCTION or not booked:
        return today + timedelta(days=1)
    return max(one.slot.day for one in booked) + timedelta(days=1)


def rhythm(days: Iterable[date], choice: str) -> int:
    """Every how many weeks maintenance goes on: stepped back it is weekly, else as the last two days say."""
    last_two = sorted(days)[-2:]
    if choice == BACK or len(last_two) < 2:
        return 1
    return 2 if (last_two[1] - last_two[0]).days >= TWO_WEEKS_FROM else 1


def usual_of(starts: Iterable[datetime], zone: ZoneInfo, *, most: int) -> tuple[Usual, ...]:
    """The weekdays and times at which the patient comes: those of the newest visits, at most `most` of them."""
    walls: dict[int, Usual] = {}
    for at in sorted(starts, reverse=True):
        local = at.astimezone(zone)
        walls.setdefault(local.weekday(), Usual(local.weekday(), local.time()))
    return tuple(sorted(list(walls.values())[:most]))


def given_up(booked: Sequence[Booked]) -> list[Line]:
    """After the end of a course: every visit to come, to be cancelled."""
    return [Line(what=What.DROP, old=one, dose_mg=one.dose_mg, reason="The course has ended.") for one in booked]


def redraw(*, wishes: Wishes, missed: Slot, missed_mg: int, booked: Sequence[Booked], house: House, course: CourseFacts) -> list[Line]:
    """Every visit to come with its proposal, in order of time. Nothing moves by it.

    What may stay stays; what can't goes to its nearest legal slot; where the rhythm leaves room, a visit is added. What only a prescriber may
    decide is proposed where nothing else is, and the rest is drawn as if it were not (DOS-5).
    """
    lines, house, course = kept_or_moved(booked, house, course)
    if wishes.phases == (Phase.INDUCTION,):
        instead, house, course = made_up(missed, missed_mg, wishes.start, house, course)
        lines += instead
    # Beyond four weeks of MDSI each further visit is a prescriber's decision: none is proposed (DOS-4).
    more = propose(wishes, house=house, course=course).visits if Phase.BEYOND not in wishes.phases else ()
    lines += [Line(what=What.ADD, new=one.slot, dose_mg=one.dose_mg, reason=one.reason) for one in more]
    return sorted(lines, key=lambda line: (line.at, line.key))


def made_up(missed: Slot, dose_mg: int, start: date, house: House, course: CourseFacts) -> tuple[list[Line], House, CourseFacts]:
    """In weeks 1–4 another visit in place of the missed one, where the same week of the course still has a slot (DOS-6)."""
    began_on = begun_on(min(course.days, default=None), course.earlier_first_on) or missed.day
    last = began_on + timedelta(weeks=week_of(began_on, missed.day), days=-1)
    if start > last:
        return [], house, course
    wanted = wanted_at(missed.starts_at, missed.chair_pk, dose_mg, house)
    offers = nearest_slots(wanted, house=house, course=course, first=start, last=last, per_kind=1)
    told = f"In place of the visit of {spoken(missed.day)}."
    if not offers:
        marked = decided_slots(wanted, house=house, course=course, first=start, last=last, most=7)
        # A prescriber may decide for three within seven days; a visit beside another one is nobody's wish (DOS-6: go on with the schedule).
        apart = [one for one in marked if GAP not in {decision.finding.key for decision in one.decisions}]
        return [Line(what=What.ADD, new=one.slot, dose_mg=dose_mg, reason=told, decisions=one.decisions) for one in apart[:1]], house, course
    slot = offers[0].slot
    line = Line(what=What.ADD, new=slot, dose_mg=dose_mg, reason=told)
    taken = Taken(NEW, slot.chair_pk, course.patient_pk, slot.day, slot.starts_at, slot.ends_at)
    return [line], house.holding([taken]), replace(course, booked_days=(*course.booked_days, slot.day))


def kept_or_moved(booked: Sequence[Booked], house: House, course: CourseFacts) -> tuple[list[Line], House, CourseFacts]:
    """Each visit where it is, or on its nearest legal slot beside the others; with house and course as they are then."""
    lines = []
    for one in booked:
        wanted = wanted_at(one.slot.starts_at, one.slot.chair_pk, one.dose_mg, house)
        offers = nearest_slots(wanted, house=house, course=course, besides=one.session_pk, per_kind=1)
        best = offers[0] if offers else None
        if best is None:
            lines.append(at_last(one, wanted, house, course))
        elif best.kind is Kind.AS_WISHED:
            lines.append(Line(what=What.STAY, old=one, new=one.slot, dose_mg=one.dose_mg))
        else:
            lines.append(Line(what=What.MOVE, old=one, new=best.slot, dose_mg=one.dose_mg, reason=best.reason))
            house, course = moved(one, best.slot, house, course)
    return lines, house, course


def at_last(one: Booked, wanted: Wanted, house: House, course: CourseFacts) -> Line:
    """A visit that has no legal slot: it stays where only the rhythm speaks against it, goes where a prescriber lets it go, or is given up."""
    marked = decided_slots(wanted, house=house, course=course, besides=one.session_pk)
    if marked and marked[0].kind is Kind.AS_WISHED:
        return Line(what=What.STAY, old=one, new=one.slot, dose_mg=one.dose_mg, reason=marked[0].reason)
    if marked:
        best = marked[0]
        return Line(what=What.MOVE, old=one, new=best.slot, dose_mg=one.dose_mg, reason=best.reason, decisions=best.decisions)
    why = "No slot within a week, not even by a prescriber’s decision: skip it, and the rest stays."
    return Line(what=What.DROP, old=one, dose_mg=one.dose_mg, reason=why, is_last_resort=True)


def moved(one: Booked, to: Slot, house: House, course: CourseFacts) -> tuple[House, CourseFacts]:
    there = Taken(one.session_pk, to.chair_pk, course.patient_pk, to.day, to.starts_at, to.ends_at)
    days = [day for day in course.booked_days if day != one.slot.day]
    return house.without(one.session_pk).holding([there]), replace(course, booked_days=(*days, to.day))
