"""What the demonstration's past looks like: courses and their visits as plain values, no database."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SLOTS = (time(8, 30), time(9, 0), time(9, 30), time(12, 0), time(12, 30), time(13, 0))
VISIT = timedelta(minutes=180)


@dataclass
class Visit:
    """One visit of the past; `outcome` is discharged, missed, cancelled or held."""

    day: date
    starts_at: datetime
    chair: int
    number: int
    dose_mg: int
    outcome: str


@dataclass
class Treatment:
    """One patient's course: indication and visits."""

    indication: str
    started_on: date
    ends_after: int
    visits: list[Visit] = field(default_factory=list)

    @property
    def dosed(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.outcome == "discharged"]

    @property
    def is_over(self) -> bool:
        return len(self.dosed) >= self.ends_after


class Floor:
    """The chairs of the past: who sits where, so that nobody is booked over anybody."""

    def __init__(self, chairs: int, zone: ZoneInfo) -> None:
        self.chairs, self.zone = chairs, zone
        self.taken: dict[tuple[date, int], list[datetime]] = defaultdict(list)

    def is_open(self, day: date) -> bool:
        return day.weekday() < 5

    def book(self, day: date, dice: random.Random) -> tuple[datetime, int] | None:
        """A free chair and time of an open day, or None."""
        options = [(slot, chair) for slot in SLOTS for chair in range(self.chairs)]
        dice.shuffle(options)
        for slot, chair in options:
            starts_at = datetime.combine(day, slot, tzinfo=self.zone)
            if all(abs(starts_at - other) >= VISIT for other in self.taken[day, chair]):
                self.taken[day, chair].append(starts_at)
                return starts_at, chair
        return None


def treatments(count: int, *, floor: Floor, first: date, today: date, dice: random.Random) -> list[Treatment]:
    """Courses over the months before today; the last tenth begin in the coming days."""
    made = []
    for index in range(count):
        days = (today - first).days
        started_on = first + timedelta(days=int(days * (index + dice.random()) / count))
        indication = "mdsi" if dice.random() < 0.18 else "trd"
        length = dice.randint(6, 9) if indication == "mdsi" or dice.random() < 0.25 else dice.randint(12, 30)
        treatment = Treatment(indication, started_on, length)
        fill(treatment, floor=floor, today=today, dice=dice)
        made.append(treatment)
    return made


def ensure_visit(made: list[Treatment], day: date, *, floor: Floor, dice: random.Random) -> None:
    """Somebody was treated on this day, whatever weekday it was: their form falls due when the demonstration wants it."""
    for treatment in made:
        near = any(abs((visit.day - day).days) < 2 for visit in treatment.visits)
        before, after = [[visit for visit in treatment.dosed if (visit.day < day) is side] for side in (True, False)]
        slot = floor.book(day, dice) if before and after and not near else None
        if slot is not None:
            treatment.visits.append(Visit(day, slot[0], slot[1], len(before) + 1, before[-1].dose_mg, "discharged"))
            treatment.visits.sort(key=lambda visit: visit.starts_at)
            return


def fill(treatment: Treatment, *, floor: Floor, today: date, dice: random.Random) -> None:
    """Visits until the course ends or today comes; people miss, hold and cancel as they do (DOS-7)."""
    for day in days_of(treatment, dice):
        if day >= today or treatment.is_over:
            return
        slot = floor.book(day, dice) if floor.is_open(day) else None
        if slot is None:
            continue
        number = len(treatment.dosed) + 1
        outcome = dice.choices(("discharged", "missed", "cancelled", "held"), weights=(91, 4, 4, 1))[0]
        treatment.visits.append(Visit(day, slot[0], slot[1], number, dose_of(treatment, number, dice), outcome))


def days_of(treatment: Treatment, dice: random.Random) -> Iterator[date]:
    """Twice weekly for four weeks, weekly to week 8, then every one or two weeks, with drift (DOS-3, DOS-4)."""
    day = treatment.started_on
    while True:
        yield day
        week = (day - treatment.started_on).days // 7
        gap = dice.choice((3, 4)) if week < 4 else 7 if week < 8 else dice.choice((7, 14))
        day += timedelta(days=gap + dice.choices((0, 1, 2), weights=(8, 1, 1))[0])


def dose_of(treatment: Treatment, number: int, dice: random.Random) -> int:
    """TRD begins with 56 mg, MDSI with 84 mg; 40 to 60 over all (LIT)."""
    if treatment.indication == "mdsi":
        return 84
    return 56 if number == 1 or dice.random() < 0.25 else 84
