"""The page of a plan: its visits with what else could be had, those that are kept, and the months they stand in."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from clinic.findings import Finding, Level
from clinic.models import Closure, Site
from patients.models import Course, Order
from patients.rules.course import MDSI, Phase
from patients.rules.protocol import REMS_ESKETAMINE
from sessions.models import CoursePlan, TreatmentSession
from sessions.rules.planning import Checked, Chosen, CourseFacts, House, Kind, Proposal, beside, nearest_slots, wanted_at
from sessions.rules.planning.course import position_on

OFFERS_PER_KIND = 2
# Other times are looked for beside so many visits at once, from the one on that was asked for: a long plan's page stays light.
WITH_OFFERS = 12
WEEK = calendar.Calendar(firstweekday=6)


@dataclass(frozen=True)
class OfferLine:
    """Another slot for a visit, as a button says it."""

    value: str
    starts_at: datetime
    chair: str


@dataclass
class Row:
    """One line: a chosen visit, or one that is kept as it was booked. `value` is how the page carries it."""

    number: int
    week: int
    phase: Phase
    starts_at: datetime
    ends_at: datetime
    chair: str
    dose_mg: int
    kept: TreatmentSession | None = None
    index: int = 0
    value: str = ""
    is_moved: bool = False
    reason: str = ""
    findings: list[Finding] = field(default_factory=list)
    offers: list[OfferLine] = field(default_factory=list)
    is_asked: bool = False
    has_times: bool = True
    doses: list[int] = field(default_factory=list)

    @property
    def is_blocked(self) -> bool:
        return any(finding.level is Level.BLOCK for finding in self.findings)


@dataclass
class Cell:
    """A day of a month's grid."""

    day: date
    is_inside: bool
    is_open: bool
    closure: str
    is_today: bool
    rows: list[Row]


@dataclass
class Month:
    first: date
    weeks: list[list[Cell]]


def rows_of(
    checked: Sequence[Checked], *, house: House, course: CourseFacts, reasons: dict[Chosen, str], values: dict[Chosen, tuple[str, bool]],
    doses: Iterable[int], asked: int | None = None,
) -> list[Row]:  # fmt: skip
    """The chosen visits as lines, a dozen of them with the nearest other slots: from the visit on whose other times were `asked` for."""
    rows, first = [], min(asked or 0, max(0, len(checked) - WITH_OFFERS))
    for index, one in enumerate(checked):
        value, is_moved = values[one.chosen]
        others = [other.chosen for other in checked if other is not one]
        has_times = first <= index < first + WITH_OFFERS
        offers = offers_beside(one.chosen, others, house, course) if has_times else []
        rows.append(
            Row(
                number=one.number, week=one.week, phase=one.phase, starts_at=one.slot.starts_at, ends_at=one.slot.ends_at,
                chair=house.name_of(one.slot.chair_pk), dose_mg=one.chosen.dose_mg, index=index, value=value, is_moved=is_moved,
                reason=reasons.get(one.chosen, ""), findings=list(one.findings), offers=offers, doses=sorted({*doses, one.chosen.dose_mg}),
                is_asked=index == asked, has_times=has_times,
            )
        )  # fmt: skip
    return rows


def offers_beside(chosen: Chosen, others: Sequence[Chosen], house: House, course: CourseFacts) -> list[OfferLine]:
    held, facts = beside(house, course, others)
    wanted = wanted_at(chosen.starts_at, chosen.chair_pk, chosen.dose_mg, held)
    offers = nearest_slots(wanted, house=held, course=facts, per_kind=OFFERS_PER_KIND)
    slots = [offer.slot for offer in offers if offer.kind is not Kind.AS_WISHED]
    return [OfferLine(f"{slot.chair_pk}@{slot.starts_at.isoformat()}", slot.starts_at, house.name_of(slot.chair_pk)) for slot in slots]


def kept_rows(kept: Iterable[TreatmentSession], course: CourseFacts, chosen_days: Iterable[date]) -> list[Row]:
    """The visits that are booked already, with their number beside the chosen ones."""
    days = sorted({*course.days, *chosen_days})
    rows = []
    for session in kept:
        position = position_on(course, days, session.treatment_on)
        rows.append(
            Row(position.next_number, position.week, position.phase, session.starts_at, session.ends_at, session.chair.name, session.planned_dose_mg, session)
        )  # fmt: skip
    return rows


def reasons_of(proposal: Proposal) -> dict[Chosen, str]:
    """Why a visit doesn't stand where it was wished, by the visit as it was proposed."""
    return {Chosen(starts_at=one.slot.starts_at, chair_pk=one.slot.chair_pk, dose_mg=one.dose_mg): one.reason for one in proposal.visits}


def months_of(rows: Sequence[Row], *, site: Site, house: House) -> list[Month]:
    """The months from the first visit to the last, as weeks from Sunday to Saturday."""
    if not rows:
        return []
    by_day: dict[date, list[Row]] = {}
    for row in rows:
        by_day.setdefault(row.starts_at.astimezone(site.zone).date(), []).append(row)
    first, last = min(by_day).replace(day=1), max(by_day)
    closures = dict(Closure.objects.filter(site=site, closed_on__range=(first, last + timedelta(days=31))).values_list("closed_on", "reason"))
    months = []
    while first <= last:
        weeks = [[cell_of(day, first, by_day, closures, house) for day in week] for week in WEEK.monthdatescalendar(first.year, first.month)]
        months.append(Month(first, weeks))
        first = (first + timedelta(days=31)).replace(day=1)
    return months


def cell_of(day: date, month: date, by_day: dict[date, list[Row]], closures: dict[date, str], house: House) -> Cell:
    is_inside = day.month == month.month
    return Cell(day, is_inside, bool(house.openings(day)), closures.get(day, ""), day == house.today, by_day.get(day, []) if is_inside else [])


def doses_of(course: Course) -> list[int]:
    """The doses of the orders that stand, the newest first."""
    orders = Order.objects.filter(course=course, cancelled_at__isnull=True)
    return list(orders.order_by("-valid_from_on", "-pk").values_list("dose_mg", flat=True))


def first_wishes(course: Course, plan: CoursePlan | None, *, house: House, facts: CourseFacts, ordered: Sequence[int]) -> dict[str, object]:
    """What the form says before anybody types: the last planning's wishes, else two usual days; the phase that comes next."""
    tomorrow = house.today + timedelta(days=1)
    phase = next_phase(facts, tomorrow)
    until = tomorrow + timedelta(days=83)
    later: dict[str, object] = {"until": until.isoformat()} if phase in (Phase.MAINTENANCE, Phase.BEYOND) else {}
    dose = ordered[0] if ordered else facts.last_dose_mg or REMS_ESKETAMINE.first_dose(course.indication)
    said: dict[str, object] = {"start": tomorrow.isoformat(), "phases": [str(phase)], "dose": dose, "every": 1, **later}
    usual = plan.usual if plan is not None else [[day, usual_time(day, house)] for day in usual_days(house)]
    for place, (weekday, wall) in enumerate(usual[:2], start=1):
        said |= {f"day_{place}": weekday, f"time_{place}": wall}
    if plan is not None:
        said |= {"chair": plan.chair_id or "", "every": plan.every_weeks}
    return said


def next_phase(facts: CourseFacts, on: date) -> Phase:
    """Induction while any of its visits is missing, then what the week says."""
    phase = position_on(facts, facts.days, on).phase
    begins_full = facts.earlier_sessions + len(facts.days) >= 8
    if phase is Phase.INDUCTION and begins_full:
        return Phase.BEYOND if facts.indication == MDSI else Phase.WEEKLY
    return phase


def usual_days(house: House) -> list[int]:
    """Monday and Thursday where the site is open then, else two open days apart."""
    week = sorted({span.weekday for span in house.calendar.spans}) or [0, 3]
    if {0, 3} <= set(week):
        return [0, 3]
    apart = next((day for day in week if 2 <= day - week[0] <= 5), week[-1])
    return [week[0], apart]


def usual_time(weekday: int, house: House) -> str:
    """Nine in the morning, or the opening where that is later."""
    opens = min((span.opens_at for span in house.calendar.spans if span.weekday == weekday), default=time(9))
    return f"{max(opens, time(9)):%H:%M}"
