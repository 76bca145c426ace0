"""A coming day that has just closed, with visits on it that wait to be rescued (DOS-9)."""

from datetime import UTC, date, datetime, time, timedelta

from clinic.actions.furniture import add_closure
from clinic.models import Closure
from clinic.queries import calendar_of, today_at
from desk.demo.courses import make_way
from desk.demo.steps import Floor, Part
from patients.models import Patient

VISITS = 3
AHEAD = timedelta(days=5)


def close_a_day(floor: Floor, patients: list[Patient], *, now: datetime) -> None:
    """The first open day from five days on; none while another closed day is still to come."""
    today = today_at(floor.site, now)
    if len(patients) < VISITS or Closure.objects.filter(site=floor.site, closed_on__gte=today).exists():
        return
    day = open_day_after(floor, today + AHEAD)
    for room, patient in enumerate(patients[:VISITS], start=1):
        starts_at = datetime.combine(day, time(9 + room), tzinfo=floor.site.zone).astimezone(UTC)
        make_way(floor, room=room, starts_at=starts_at, now=now)
        Part(floor, patient, room=room).book(now, starts_at=starts_at, dose_mg=56)
    add_closure(floor.site, first=day, last=day, reason="Snow: the road is closed", by=floor.of_role("administrator").user, now=now)


def open_day_after(floor: Floor, first: date) -> date:
    week = [first + timedelta(days=offset) for offset in range(7)]
    calendar = calendar_of(floor.site, week[0], week[-1])
    return next(day for day in week if calendar.is_staffed(day))
