"""The schedule: a day or a week by chair, as plain values; a handful of queries whatever the history."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.cells import may_stand
from clinic.models import Chair, Closure, Site, SitePolicy
from clinic.queries import calendar_of, policies_on
from clinic.rules.opening import Calendar, day_bounds
from patients.models import Patient
from sessions.models import TreatmentSession
from sessions.rules.calendar import USUAL_HOURS, Axis, Stretch, axis_of, closed_parts, free_stretches, halves, hours_shown, openings
from sessions.states import DOSED, PLANNED, Status

LISTED = sorted({*PLANNED, *DOSED, Status.HELD, Status.MISSED, Status.CANCELLED})
GIVEN_UP = (Status.CANCELLED, Status.MISSED)
# Open for longer than these hours: the page shows a part, and all on request.
LONG_DAY = 14


class Visit(NamedTuple):
    """A visit as the schedule shows it: bare columns, for a week has hundreds."""

    pk: int
    chair_pk: int
    status: str
    status_reason: str
    treatment_on: date
    starts_at: datetime
    ends_at: datetime
    dose_mg: int
    version: int
    confirmed_at: datetime | None
    last_name: str
    first_name: str

    @property
    def holds_chair(self) -> bool:
        return self.status in PLANNED

    @property
    def is_given_up(self) -> bool:
        return self.status in GIVEN_UP


COLUMNS = (
    "pk", "chair_id", "status", "status_reason", "treatment_on", "starts_at", "ends_at", "planned_dose_mg", "schedule_version", "confirmed_at",
    "patient__last_name", "patient__first_name",
)  # fmt: skip


SEALED: dict[str, Any] = {
    "status_reason": TreatmentSession._meta.get_field("status_reason"),
    "patient__last_name": Patient._meta.get_field("last_name"),
    "patient__first_name": Patient._meta.get_field("first_name"),
}


class Block(NamedTuple):
    """A visit at its place: first step, length, half of the width (None: all of it), and whether it began the day before."""

    visit: Visit
    first: int
    length: int
    half: int | None
    is_from_before: bool


class Lane(NamedTuple):
    """One chair on one day: visits in order of time, free stretches, what was given up."""

    chair: Chair
    day: date
    blocks: list[Block]
    free: list[Stretch]
    given_up: list[Visit]


@dataclass(frozen=True)
class WeekDay:
    """A day: when the site is open, why not, and its visits; `over_midnight` began the day before and go on."""

    day: date
    open_parts: list[Stretch]
    closure: str
    visits: list[Visit]
    over_midnight: list[Visit]

    @property
    def is_open(self) -> bool:
        return bool(self.open_parts)

    @property
    def opens_at(self) -> datetime | None:
        return self.open_parts[0].starts_at if self.open_parts else None

    @property
    def closes_at(self) -> datetime | None:
        return max(part.ends_at for part in self.open_parts) if self.open_parts else None

    @property
    def count(self) -> int:
        return sum(not visit.is_given_up for visit in self.visits)

    def visited(self) -> list[Stretch]:
        return [Stretch(visit.starts_at, visit.ends_at) for visit in (*self.over_midnight, *self.visits) if not visit.is_given_up]

    def pieces(self) -> list[Stretch]:
        return [*self.open_parts, *self.visited()]


@dataclass(frozen=True)
class Shown:
    """Some days by chair: the same hours of the wall for each, so that they can be compared."""

    days: list[WeekDay]
    axes: dict[date, Axis]
    shades: dict[date, list[tuple[int, int]]]
    rows: list[tuple[Chair, list[Lane]]]
    is_cropped: bool


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(site: Site, day: date) -> list[WeekDay]:
    """The seven days around a day, each with its visits."""
    first = monday_of(day)
    return days_of(site, [first + timedelta(days=offset) for offset in range(7)])


def days_of(site: Site, days: list[date]) -> list[WeekDay]:
    """Days in a row, each with its visits."""
    calendar = calendar_of(site, days[0], days[-1])
    closures = reasons_of(site, days, calendar)
    # The day before the first, too: a visit that goes on after midnight holds its chair on the next day.
    visits = visits_of(site, days[0] - timedelta(days=1), days[-1])
    zone = site.zone
    found = []
    for one in days:
        begins = day_bounds(one, zone)[0]
        over = [visit for visit in visits if visit.treatment_on < one and visit.ends_at > begins and visit.holds_chair]
        mine = [visit for visit in visits if visit.treatment_on == one]
        found.append(WeekDay(one, openings(calendar, one), closures.get(one, ""), mine, over))
    return found


def reasons_of(site: Site, days: list[date], calendar: Calendar) -> dict[date, str]:
    """Why closed days are closed, and those that close early; asked only where one is."""
    if calendar.closed.isdisjoint(days) and not calendar.early:
        return {}
    return dict(Closure.objects.filter(site=site, closed_on__range=(days[0], days[-1])).values_list("closed_on", "reason"))


def visits_of(site: Site, first: date, last: date) -> list[Visit]:
    """The visits of some days, in order of time."""
    rows = TreatmentSession.objects.filter(site=site, treatment_on__range=(first, last), status__in=LISTED)
    found = rows.order_by("starts_at", "pk")
    if not may_stand():
        return [Visit(*row) for row in found.values_list(*COLUMNS)]
    told = found.values_list(*COLUMNS, "uid", "patient__uid")
    return [Visit(*opened(row[:-2], site.pk, *row[-2:])) for row in told]


def opened(row: tuple[Any, ...], site: int, visit: UUID, patient: UUID) -> Iterator[Any]:
    """A visit's columns; those that are sealed are the visit's own or its patient's."""
    for name, value in zip(COLUMNS, row, strict=True):
        field = SEALED.get(name)
        yield value if field is None else field.opened(value, site=site, row=patient if name.startswith("patient__") else visit)


def week_plan(site: Site, days: list[WeekDay], chairs: list[Chair], now: datetime, is_whole: bool = False) -> Shown:
    """Days by chair; a chair out of use shows while it has visits."""
    return shown(site, days, chairs, None, now, is_whole)


def day_plan(site: Site, weekdays: list[WeekDay], day: date, chairs: list[Chair], now: datetime, is_whole: bool = False) -> Shown:
    """One day out of its week, with its free stretches."""
    of_day = next(one for one in weekdays if one.day == day)
    return shown(site, [of_day], chairs, policies_on(site, [day])[day], now, is_whole)


def shown(site: Site, days: list[WeekDay], chairs: list[Chair], policy: SitePolicy | None, now: datetime, is_whole: bool) -> Shown:
    """The same hours of the wall for each day; free stretches where a `policy` says how long a visit is."""
    zone = site.zone
    (first, last), is_cropped = hours_of(days, zone, now, is_whole)
    axes = {one.day: axis_of(one.day, (first, last), zone) for one in days}
    shades = {one.day: [axes[one.day].place(part) for part in closed_parts(axes[one.day], one.open_parts)] if one.is_open else [] for one in days}
    by_place: dict[tuple[int, date], list[Visit]] = {}
    for one in days:
        for visit in (*one.over_midnight, *one.visits):
            by_place.setdefault((visit.chair_pk, one.day), []).append(visit)
    used = {chair_pk for chair_pk, _ in by_place}
    rows = [
        (chair, [lane_of(chair, one, by_place.get((chair.pk, one.day), []), axes[one.day], policy, now) for one in days])
        for chair in chairs if chair.is_active or chair.pk in used
    ]  # fmt: skip
    return Shown(days, axes, shades, rows, is_cropped)


def hours_of(days: list[WeekDay], zone: ZoneInfo, now: datetime, is_whole: bool) -> tuple[tuple[int, int], bool]:
    """From which to which hour, and whether a site that is open for most of the day is shown in part: the hours with visits and the usual ones."""
    found = [hours for one in days if (hours := hours_shown(one.pieces(), one.day, zone))] or [USUAL_HOURS]
    span = min(first for first, _ in found), max(last for _, last in found)
    if is_whole or span[1] - span[0] <= LONG_DAY:
        return span, False
    busy = [hours for one in days if (hours := hours_shown(one.visited(), one.day, zone))]
    here = (
        [(now.astimezone(zone).hour, now.astimezone(zone).hour + 1)]
        if any(day_bounds(one.day, zone)[0] <= now < day_bounds(one.day, zone)[1] for one in days)
        else []
    )
    some = [*busy, *here, USUAL_HOURS]
    part = min(first for first, _ in some), max(last for _, last in some)
    return part, part != span


def lane_of(chair: Chair, of_day: WeekDay, mine: list[Visit], axis: Axis, policy: SitePolicy | None, now: datetime) -> Lane:
    standing = [visit for visit in mine if not visit.is_given_up]
    pieces = [Stretch(visit.starts_at, visit.ends_at) for visit in standing]
    blocks = [
        Block(visit, *axis.place(piece), side, visit.treatment_on < of_day.day)
        for visit, piece, side in zip(standing, pieces, halves(pieces), strict=True)
    ]
    free = free_of(standing, of_day, policy, now) if policy is not None and chair.is_active else []
    return Lane(chair, of_day.day, blocks, free, [visit for visit in mine if visit.is_given_up])


def free_of(visits: Iterable[Visit], of_day: WeekDay, policy: SitePolicy, now: datetime) -> list[Stretch]:
    """Where another visit of the usual length fits."""
    least = timedelta(minutes=policy.visit_before_minutes + policy.visit_after_minutes)
    busy = [Stretch(visit.starts_at, visit.ends_at) for visit in visits if visit.holds_chair]
    return free_stretches(busy, opens_at=of_day.opens_at, closes_at=of_day.closes_at, least=least, now=now)


def all_chairs(site: Site) -> list[Chair]:
    return list(Chair.objects.filter(site=site).order_by("position", "name", "pk"))
