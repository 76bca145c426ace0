"""What planning costs: eight visits against a year of bookings, and a thousand plans in a row; plain values, CPU time."""

import time
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
    """Prints the three numbers; nothing here reads a database: what is taken comes in six queries, which a test counts."""
    taken = year()
    began = time.process_time()
    made = propose(wishes(), house=house(taken), course=course())
    spent = (time.process_time() - began) * 1000
    print(f"planning {len(made.visits)} visits beside {len(taken)} bookings of a year: {spent:.0f} ms of CPU (goal {GOAL_MS})", flush=True)
    fixed, marks = house(taken), []
    for number in range(1, 1001):
        if number in (1, 501):
            began = time.process_time()
        propose(wishes(number), house=fixed, course=course(number))
        if number in (500, 1000):
            marks.append(time.process_time() - began)
    print(f"1,000 plans in a row: {sum(marks):.1f} s of CPU, the second half {marks[1] / marks[0]:.2f} times the first", flush=True)


if __name__ == "__main__":
    report()
