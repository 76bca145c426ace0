"""A coming day that has just closed, with visits on it that wait to be rescued, one by a prescriber's reason alone where it can be (DOS-5, DOS-9)."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

from clinic.actions.furniture import add_closure
from clinic.models import Closure
from clinic.queries import calendar_of, today_at
from desk.demo.courses import make_way
from desk.demo.steps import Floor, Part
from patients.models import Patient
from sessions.models import TreatmentSession
from sessions.states import Status

VISITS = 3
AHEAD = timedelta(days=5)
# From eleven on: who comes at seven by their plan keeps the chair, and stands on the closed day with the others.
FIRST_HOUR = 10
# Of a Monday: the Thursdays about it and the next Monday. With all of them booked, every other day comes too soon after one or before another.
ABOUT = tuple(timedelta(days=days) for days in (-4, 3, 7))


def close_a_day(floor: Floor, patients: list[Patient], *, now: datetime) -> None:
    """A Monday that a planned course can't do without, or the first open day from five days on; none while another closed day is still to come."""
    today = today_at(floor.site, now)
    if len(patients) < VISITS or Closure.objects.filter(site=floor.site, closed_on__gte=today).exists():
        return
    day = tight_day(floor, today + AHEAD) or open_day_after(floor, today + AHEAD)
    for room, patient in enumerate(patients[:VISITS], start=1):
        starts_at = datetime.combine(day, time(FIRST_HOUR + room), tzinfo=floor.site.zone).astimezone(UTC)
        make_way(floor, room=room, starts_at=starts_at, now=now)
        Part(floor, patient, room=room).book(now, starts_at=starts_at, dose_mg=56)
    add_closure(floor.site, first=day, last=day, reason="Snow: the road is closed", by=floor.of_role("administrator").user, now=now)


def tight_day(floor: Floor, first: date) -> date | None:
    """The first planned Monday, from then on, whose visit has no free slot that keeps the rhythm."""
    rows = TreatmentSession.objects.filter(site=floor.site, status=Status.BOOKED, course__plans__isnull=False).distinct()
    days: dict[int, set[date]] = defaultdict(set)
    for patient, day in rows.values_list("patient_id", "treatment_on"):
        days[patient].add(day)
    tight = [day for own in days.values() for day in own if day >= first and day.weekday() == 0 and {day + gap for gap in ABOUT} <= own]
    return min(tight, default=None)


def open_day_after(floor: Floor, first: date) -> date:
    week = [first + timedelta(days=offset) for offset in range(7)]
    calendar = calendar_of(floor.site, week[0], week[-1])
    return next(day for day in week if calendar.is_staffed(day))
