"""What a day holds and what is free in it, by chair: for the booking page; the same few queries for any day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic.models import Chair, Site
from clinic.queries import policy_on
from patients.models import Patient
from sessions.protocol import REMS_ESKETAMINE
from sessions.queries.bookings import chairs_of, day_of, minimum_watch
from sessions.queries.schedule import Visit, days_of
from sessions.rules.calendar import Stretch, free_stretches, starts_within


@dataclass(frozen=True)
class ChairSlots:
    """One chair: its visits, its free stretches, and a few times of each to come at."""

    chair: Chair
    visits: list[Visit]
    free: list[tuple[Stretch, list[datetime]]]


@dataclass(frozen=True)
class DaySlots:
    day: date
    length: timedelta
    closure: str
    is_open: bool
    chairs: list[ChairSlots]


def day_slots(site: Site, patient: Patient, day: date, *, dose_mg: int, session_pk: int | None, now: datetime) -> DaySlots:
    """The free times end early enough for the latest start (DOS-9); a patient with a longer watch needs longer ones (PAT-8)."""
    policy, watch = policy_on(site, day), minimum_watch(policy_on(site, day), patient, day)
    before = timedelta(minutes=policy.visit_before_minutes)
    length = before + timedelta(minutes=policy.visit_after_minutes - policy.minimum_watch_minutes) + watch
    hours = day_of(site, day, policy=policy, dose_mg=dose_mg, protocol=REMS_ESKETAMINE, minimum_watch=watch, now=now)
    last = hours.latest_dose_at - before + length if hours.latest_dose_at is not None else None
    (of_day,) = days_of(site, [day])
    visits = [visit for visit in (*of_day.over_midnight, *of_day.visits) if visit.pk != session_pk]
    chairs = []
    for chair in chairs_of(site):
        mine = [visit for visit in visits if visit.chair_pk == chair.pk and visit.holds_chair]
        busy = [Stretch(visit.starts_at, visit.ends_at) for visit in mine]
        free = free_stretches(busy, opens_at=hours.opens_at, closes_at=last, least=length, now=now)
        chairs.append(ChairSlots(chair, mine, [(one, starts_within(one, length)) for one in free]))
    return DaySlots(day, length, of_day.closure, of_day.is_open, chairs)
