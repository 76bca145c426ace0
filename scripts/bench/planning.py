"""What planning costs: eight visits against a year of bookings, and a thousand plans in a row; plain values, CPU time."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from zoneinfo import ZoneInfo

from clinic.rules.opening import Calendar, Span
from sessions.rules.booking import Taken
from sessions.rules.planning import CourseFacts, House, Seat, Terms, Usual, Wishes, propose

ZONE = ZoneInfo("America/New_York")
FIRST = date(2026, 6, 15)
NOW = datetime(2026, 6, 10, 14, tzinfo=UTC)
CHAIRS, GOAL_MS = 12, 150
# A clinic's plans as they come: so many, begun over so many days, each beside the hundred days that the page asks for.
PLANS, DAYS_IN_A_ROW, SEEN_DAYS = 1000, 420, 100
MOST_GROWTH = 1.25
VISIT = timedelta(hours=3)


def house(taken: tuple[Taken, ...] = (), chairs: int = CHAIRS) -> House:
    hours = tuple(Span(weekday, wall(8), wall(18)) for weekday in range(5))
    seats = tuple(Seat(pk, f"Chair {pk}") for pk in range(1, chairs + 1))
    return House(calendar=Calendar(zone=ZONE, spans=hours, closed=frozenset()), seats=seats, terms=(Terms(FIRST),), now=NOW, taken=taken)


def year() -> tuple[Taken, ...]:
    """A year in which three chairs of four are taken all day."""
    days = [day for day in (FIRST + timedelta(days=n) for n in range(365)) if day.weekday() < 5]
    starts = [(day, datetime.combine(day, wall(hour), tzinfo=ZONE).astimezone(UTC)) for day in days for hour in (8, 11, 14)]
    return tuple(Taken(n, chair, 10_000 + n, day, at, at + VISIT) for n, (day, at) in enumerate(starts) for chair in range(1, CHAIRS * 3 // 4 + 1))


def wishes(number: int = 0) -> Wishes:
    return Wishes(start=FIRST + timedelta(days=number % 28), usual=(Usual(number % 2, wall(9)), Usual(3 + number % 2, wall(9))), chair_pk=1)


def course(number: int = 0) -> CourseFacts:
    return CourseFacts(patient_pk=number, indication="trd")


def report() -> None:
    """Prints what planning costs beside its goals; nothing here reads a database: what is taken comes in six queries, which a test counts."""
    taken = year()
    began = time.process_time()
    made = propose(wishes(), house=house(taken), course=course())
    spent = (time.process_time() - began) * 1000
    print(
        f"planning {len(made.visits)} visits beside {len(taken)} bookings of a year: {spent:.0f} ms of CPU (goal ≤ {GOAL_MS}){over(spent, GOAL_MS)}"
    )
    halves, booked = in_a_row(PLANS)
    growth = halves[1] / halves[0]
    print(
        f"{PLANS:,} plans in a row, each beside those before it: {booked} visits, {sum(halves):.1f} s of CPU, "
        f"the second half {growth:.2f} × the first (goal ≤ {MOST_GROWTH}: linear){over(growth, MOST_GROWTH)}",
        flush=True,
    )


def over(found: float, goal: float) -> str:
    return "  over" if found > goal else ""


def in_a_row(count: int) -> tuple[list[float], int]:
    """CPU of the first and the second half, and how many visits found a slot. Each plan sees the days that its page would ask for."""
    by_day: dict[date, list[Taken]] = {}
    halves, booked = [0.0, 0.0], 0
    for number in range(count):
        start = FIRST + timedelta(days=number * DAYS_IN_A_ROW // count)
        held = tuple(one for offset in range(SEEN_DAYS) for one in by_day.get(start + timedelta(days=offset), ()))
        began = time.process_time()
        wished = replace(wishes(number), start=start)
        made = propose(wished, house=replace(house(held), now=NOW + (start - FIRST)), course=course(number)).visits
        halves[number * 2 // count] += time.process_time() - began
        booked += len(made)
        for one in made:
            by_day.setdefault(one.slot.day, []).append(Taken(booked, one.slot.chair_pk, number, one.slot.day, one.slot.starts_at, one.slot.ends_at))
    return halves, booked


if __name__ == "__main__":
    report()
