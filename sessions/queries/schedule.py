"""The schedule: a day by chair with its free stretches, and a week; a handful of queries whatever the history."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from clinic.models import Chair, Closure, Site, SitePolicy
from clinic.queries import calendar_of, policies_on
from clinic.rules.opening import Calendar, day_bounds
from sessions.models import TreatmentSession
from sessions.states import DOSED, PLANNED, Status

LISTED = sorted({*PLANNED, *DOSED, Status.HELD, Status.MISSED, Status.CANCELLED})
GIVEN_UP = (Status.CANCELLED, Status.MISSED)


@dataclass(frozen=True)
class Stretch:
    """A free time of a chair, long enough for a visit."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Lane:
    """One chair's day: visits and free stretches in order of time; given-up visits stand apart."""

    chair: Chair
    items: list[TreatmentSession | Stretch]
    given_up: list[TreatmentSession]


@dataclass(frozen=True)
class DayPlan:
    """One day of the schedule."""

    day: date
    opens_at: datetime | None
    closes_at: datetime | None
    closure: str
    lanes: list[Lane]


@dataclass(frozen=True)
class WeekDay:
    """A day in the strip: how many visits, and whether the site is open."""

    day: date
    is_open: bool
    closure: str
    visits: list[TreatmentSession]
    over_midnight: list[TreatmentSession] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(visit.status not in GIVEN_UP for visit in self.visits)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(site: Site, day: date) -> list[WeekDay]:
    """The seven days around a day, each with its visits."""
    first = monday_of(day)
    days = [first + timedelta(days=offset) for offset in range(7)]
    calendar = calendar_of(site, days[0], days[-1])
    closures = dict(Closure.objects.filter(site=site, closed_on__range=(days[0], days[-1])).values_list("closed_on", "reason"))
    # The day before the first, too: a visit that goes on after midnight holds its chair on the next day.
    visits = visits_of(site, days[0] - timedelta(days=1), days[-1])
    return [
        WeekDay(
            one, calendar.is_staffed(one), closures.get(one, ""), [visit for visit in visits if visit.treatment_on == one],
            [visit for visit in visits if visit.status in PLANNED and visit.treatment_on < one and visit.ends_at > day_bounds(one, site.zone)[0]],
        )
        for one in days
    ]  # fmt: skip


def visits_of(site: Site, first: date, last: date) -> list[TreatmentSession]:
    """The visits of some days with patient and chair, in order of time."""
    rows = TreatmentSession.objects.filter(site=site, treatment_on__range=(first, last), status__in=LISTED)
    return list(rows.select_related("patient", "chair").order_by("starts_at", "pk"))


def day_plan(site: Site, weekdays: list[WeekDay], day: date, now: datetime) -> DayPlan:
    """One day out of its week, by chair; a chair that is no longer in use shows while it has visits."""
    of_day = next(one for one in weekdays if one.day == day)
    calendar = calendar_of(site, day, day)
    policy = policies_on(site, [day])[day]
    visits = [*of_day.over_midnight, *of_day.visits]
    used = {visit.chair_id for visit in visits}
    chairs = [chair for chair in Chair.objects.filter(site=site).order_by("position", "name", "pk") if chair.is_active or chair.pk in used]
    lanes = [lane_of(chair, visits, calendar, day, policy, now) for chair in chairs]
    return DayPlan(day, calendar.opening_at(day), calendar.closing_at(day), of_day.closure, lanes)


def lane_of(chair: Chair, visits: Iterable[TreatmentSession], calendar: Calendar, day: date, policy: SitePolicy, now: datetime) -> Lane:
    mine = [visit for visit in visits if visit.chair_id == chair.pk]
    going_on = [visit for visit in mine if visit.status not in GIVEN_UP]
    free = free_stretches(going_on, calendar, day, policy, now) if chair.is_active else []
    items: list[TreatmentSession | Stretch] = sorted([*going_on, *free], key=lambda item: item.starts_at)
    return Lane(chair, items, [visit for visit in mine if visit.status in GIVEN_UP])


def free_stretches(visits: list[TreatmentSession], calendar: Calendar, day: date, policy: SitePolicy, now: datetime) -> list[Stretch]:
    """Where another visit fits between opening and closing, from now on."""
    opens, closes = calendar.opening_at(day), calendar.closing_at(day)
    if opens is None or closes is None:
        return []
    least = timedelta(minutes=policy.visit_before_minutes + policy.visit_after_minutes)
    start, found = max(opens, quarter_after(now)), []
    for visit in sorted(visits, key=lambda one: one.starts_at):
        if visit.starts_at - start >= least:
            found.append(Stretch(start, visit.starts_at))
        if visit.status in PLANNED:
            start = max(start, visit.ends_at)
    if closes - start >= least:
        found.append(Stretch(start, closes))
    return found


def quarter_after(moment: datetime) -> datetime:
    """The next full quarter of an hour."""
    down = moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)
    return down if down == moment else down + timedelta(minutes=15)
