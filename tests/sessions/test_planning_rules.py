"""Planning: for any start, hours, closures and bookings no proposal breaks a rule, asked by a naive judge (DOS-3…DOS-7, DOS-9, MON-9)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.rules.opening import Calendar, Span
from patients.rules.course import MDSI, TRD, Phase
from sessions.rules.booking import Taken
from sessions.rules.planning import CourseFacts, House, Kind, Proposal, Seat, Staffed, Terms, Usual, Wanted, Wishes, nearest_slots, propose
from tests.moment import NOW, TODAY
from tests.sessions.planning_oracle import LENGTH, World, broken, legal_starts

NEW_YORK = ZoneInfo("America/New_York")
WEEK = tuple(Span(weekday, time(8), time(18)) for weekday in range(5))
SEATS = (Seat(1, "Chair 1"), Seat(2, "Chair 2"), Seat(3, "Chair 3"))
MON_THU = (Usual(0, time(9)), Usual(3, time(9)))
MONDAY = date(2026, 6, 15)
NEW = CourseFacts(patient_pk=1, indication=TRD)


def house(
    *taken: Taken, closed: tuple[date, ...] = (), spans: tuple[Span, ...] = WEEK, now: datetime = NOW, zone: ZoneInfo = NEW_YORK,
    seats: tuple[Seat, ...] = SEATS, gap: int = 2, staffed: tuple[Staffed, ...] = (),
) -> House:  # fmt: skip
    calendar = Calendar(zone=zone, spans=spans, closed=frozenset(closed))
    return House(calendar=calendar, seats=seats, terms=(Terms(date(2020, 1, 1), minimum_gap_days=gap),), now=now, taken=taken, staffed=staffed)


def at(day: date, wall: time = time(9), zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def taken(day: date, wall: time = time(9), *, chair: int = 1, patient: int = 9, pk: int = 5) -> Taken:
    return Taken(pk, chair, patient, day, at(day, wall), at(day, wall) + LENGTH)


def days_of(proposal: Proposal) -> list[date]:
    return [visit.slot.day for visit in proposal.visits]


def in_days(*offsets: int) -> list[date]:
    return [MONDAY + timedelta(days=offset) for offset in offsets]


def test_an_induction_is_eight_visits_in_four_weeks() -> None:
    """DOS-3: 56 mg first, then what is wished; two a week; days 0 to 27."""
    plan = propose(Wishes(start=MONDAY, usual=MON_THU, chair_pk=2, dose_mg=84), house=house(), course=NEW)
    assert days_of(plan) == in_days(0, 3, 7, 10, 14, 17, 21, 24)
    assert [(visit.number, visit.week, visit.dose_mg) for visit in plan.visits[:3]] == [(1, 1, 56), (2, 1, 84), (3, 2, 84)]
    assert {(visit.phase, visit.reason, visit.slot.chair_pk) for visit in plan.visits} == {(Phase.INDUCTION, "", 2)}
    assert plan.holes == ()


def test_the_other_indication_begins_with_84_and_ends_after_four_weeks() -> None:
    """DOS-4: there is no weekly phase; what is beyond is asked for by name, and says that it isn't evaluated."""
    course = CourseFacts(patient_pk=1, indication=MDSI)
    every = (Phase.INDUCTION, Phase.WEEKLY, Phase.MAINTENANCE, Phase.BEYOND)
    plan = propose(Wishes(start=MONDAY, usual=MON_THU, phases=every, until=MONDAY + timedelta(days=40)), house=house(), course=course)
    assert days_of(plan) == in_days(0, 3, 7, 10, 14, 17, 21, 24, 31, 38)
    assert {visit.dose_mg for visit in plan.visits} == {84}
    assert "DOS-4.beyond" in [finding.key for finding in plan.visits[-1].findings]


def test_weekly_and_every_other_week_follow() -> None:
    """DOS-3: a week after the last of the induction, weeks 5–8 weekly, then every two weeks until the day asked for."""
    every = (Phase.INDUCTION, Phase.WEEKLY, Phase.MAINTENANCE)
    plan = propose(Wishes(start=MONDAY, usual=MON_THU, phases=every, every_weeks=2, until=MONDAY + timedelta(days=100)), house=house(), course=NEW)
    assert days_of(plan)[8:] == in_days(31, 38, 45, 52, 66, 80, 94)
    assert [visit.phase for visit in plan.visits[8:]] == [Phase.WEEKLY] * 4 + [Phase.MAINTENANCE] * 3
    assert [visit.number for visit in plan.visits] == list(range(1, 16))


def test_what_is_booked_and_dosed_stays_and_counts() -> None:
    """DOS-6: what was missed in a week that is over stays missed; numbers go on."""
    course = CourseFacts(
        patient_pk=1, indication=TRD, dosed_days=(date(2026, 6, 1), date(2026, 6, 4)), booked_days=(date(2026, 6, 18),), last_dose_mg=84
    )
    plan = propose(Wishes(start=TODAY, usual=MON_THU), house=house(), course=course)
    assert days_of(plan) == [date(2026, 6, 11), date(2026, 6, 15), date(2026, 6, 22), date(2026, 6, 25)]
    assert [visit.number for visit in plan.visits] == [3, 4, 6, 7]
    assert {visit.dose_mg for visit in plan.visits} == {84}


def test_what_was_given_elsewhere_counts() -> None:
    """DOS-3: weeks count from the first session, here or elsewhere; the gap from the last one there."""
    course = CourseFacts(
        patient_pk=1, indication=TRD, earlier_sessions=8, earlier_first_on=MONDAY - timedelta(days=28), earlier_last_on=MONDAY - timedelta(days=4)
    )
    plan = propose(Wishes(start=MONDAY, usual=MON_THU, phases=(Phase.INDUCTION, Phase.WEEKLY)), house=house(), course=course)
    assert (days_of(plan), plan.visits[0].number) == (in_days(3, 10, 17, 24), 9)


def test_booked_weekly_visits_are_kept() -> None:
    course = CourseFacts(patient_pk=1, indication=TRD, dosed_days=(MONDAY - timedelta(days=30),), booked_days=tuple(in_days(7)))
    plan = propose(Wishes(start=MONDAY, usual=MON_THU, phases=(Phase.WEEKLY,)), house=house(), course=course)
    assert days_of(plan) == in_days(0, 14, 21)


@pytest.mark.parametrize(
    ("full", "expected", "reason"),
    [
        (house(taken(MONDAY)), (MONDAY, time(9), 2), "Chair 1 is taken from 09:00 to 12:00. Chair 2 instead of Chair 1."),
        (
            house(*(taken(MONDAY, chair=chair) for chair in (1, 2, 3))), (MONDAY, time(12), 1),
            "Chair 1 is taken from 09:00 to 12:00. At 12:00 instead of 09:00.",
        ),
        (
            house(closed=(MONDAY,)), (MONDAY + timedelta(days=1), time(9), 1),
            "The clinic is closed on Monday 15 June. One day later, Tuesday 16 June.",
        ),
        (
            house(taken(MONDAY, chair=3), staffed=(Staffed(0, time(8), time(13), 1), Staffed(1, time(8), time(13), 9))), (MONDAY, time(12), 1),
            "At 09:00 the monitors already watch as many chairs as they can (1). At 12:00 instead of 09:00.",
        ),
    ],
)  # fmt: skip
def test_where_the_usual_slot_is_taken_the_nearest_stands_with_its_reason(full: House, expected: tuple[date, time, int], reason: str) -> None:
    visit = propose(Wishes(start=MONDAY, usual=MON_THU, chair_pk=1), house=full, course=NEW).visits[0]
    assert (visit.slot.day, visit.slot.starts_at.astimezone(NEW_YORK).time(), visit.slot.chair_pk, visit.reason) == (*expected, reason)


def test_a_week_without_a_legal_slot_is_a_hole_that_says_so() -> None:
    closed = tuple(in_days(*range(7, 14)))
    plan = propose(Wishes(start=MONDAY, usual=MON_THU), house=house(closed=closed), course=NEW)
    assert days_of(plan) == in_days(0, 3, 14, 17, 21, 24)
    assert [(hole.day, hole.week, hole.phase) for hole in plan.holes] == [(MONDAY + timedelta(days=n), 2, Phase.INDUCTION) for n in (7, 10)]
    expected = "The clinic is closed on Monday 22 June. No other legal slot from Monday 22 June to Sunday 28 June."
    assert plan.holes[0].text == expected


def test_holes_of_the_weekly_phase_and_a_course_that_cannot_begin() -> None:
    course = CourseFacts(patient_pk=1, indication=TRD, dosed_days=(MONDAY - timedelta(days=30),))
    closed = tuple(in_days(*range(-5, 12)))
    plan = propose(Wishes(start=MONDAY, usual=MON_THU, phases=(Phase.WEEKLY,)), house=house(closed=closed), course=course)
    assert (len(plan.holes), days_of(plan)) == (2, in_days(14, 21))
    never = propose(Wishes(start=MONDAY, usual=MON_THU), house=house(spans=()), course=NEW)
    assert (never.visits, len(never.holes)) == ((), 1)
    assert propose(Wishes(start=MONDAY, usual=()), house=house(), course=NEW) == Proposal((), ())


# --- the law -----------------------------------------------------------------------------------------------------------
quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
openings = st.lists(st.tuples(st.integers(0, 6), st.sampled_from([7, 8, 9]), st.sampled_from([12, 13, 17, 20])), min_size=1, max_size=9)
bookings = st.lists(st.tuples(st.integers(-2, 45), st.integers(28, 76), st.integers(1, 3), st.booleans()), max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.integers(-5, 20), hours=openings, closed=st.sets(st.integers(0, 60), max_size=12), rows=bookings, gap=st.integers(1, 4),
    usual=st.lists(st.tuples(st.integers(0, 6), quarters), min_size=1, max_size=3, unique_by=lambda one: one[0]),
    chair=st.sampled_from([None, 1, 2, 9]), dosed=st.sets(st.integers(1, 40), max_size=6), booked=st.sets(st.integers(0, 30), max_size=3),
    at_once=st.sampled_from([1, 2, 9]), indication=st.sampled_from([TRD, MDSI]), every=st.sampled_from([1, 2]),
    zone=st.sampled_from(["America/New_York", "Pacific/Honolulu"]),
)  # fmt: skip
def test_no_proposal_breaks_a_rule(start, hours, closed, rows, gap, usual, chair, dosed, booked, at_once, indication, every, zone) -> None:  # type: ignore[no-untyped-def]
    place = ZoneInfo(zone)
    spans = tuple({weekday: Span(weekday, time(opens), time(closes)) for weekday, opens, closes in hours}.values())
    shut = {TODAY + timedelta(days=n) for n in closed}
    mine = sorted({TODAY - timedelta(days=n) for n in dosed})
    coming = sorted({TODAY + timedelta(days=n) for n in booked})
    full = [
        Taken(n, seat, 100 + n, TODAY + timedelta(days=day), at(TODAY + timedelta(days=day), time(quarter // 4, quarter % 4 * 15), place), at(TODAY + timedelta(days=day), time(quarter // 4, quarter % 4 * 15), place) + LENGTH, holds)
        for n, (day, quarter, seat, holds) in enumerate(rows)
    ]  # fmt: skip
    full += [Taken(900 + n, 2, 1, day, at(day, time(9), place), at(day, time(9), place) + LENGTH) for n, day in enumerate(coming)]
    staffed = tuple(Staffed(weekday, time.min, time(23, 59), at_once) for weekday in range(7))
    clinic = house(*full, closed=tuple(shut), spans=spans, zone=place, gap=gap, staffed=staffed)
    course = CourseFacts(patient_pk=1, indication=indication, dosed_days=tuple(mine), booked_days=tuple(coming))
    phases = (Phase.INDUCTION, Phase.WEEKLY, Phase.MAINTENANCE, Phase.BEYOND)
    wishes = Wishes(start=TODAY + timedelta(days=start), usual=tuple(Usual(*one) for one in usual), chair_pk=chair, phases=phases, every_weeks=every)
    plan = propose(wishes, house=clinic, course=course)

    world = World(place, NOW, [tuple(span[:3]) for span in spans], shut, [1, 2, 3], [(o.chair_pk, o.starts_at, o.ends_at) for o in full if o.holds_chair], [*mine, *coming], gap, at_once)  # fmt: skip
    days = [*world.own_days, *days_of(plan)]
    for visit in plan.visits:
        assert broken(world, visit.slot.starts_at, visit.slot.chair_pk, visit.dose_mg, days) == []
        assert visit.slot.ends_at - visit.slot.starts_at == LENGTH
        assert visit.number == 1 + sum(day < visit.slot.day for day in days)
        assert visit.number > 1 or visit.dose_mg == (84 if indication == MDSI else 56)
        local = visit.slot.starts_at.astimezone(place)
        is_as_wished = (local.weekday(), local.time()) in usual and chair in (None, visit.slot.chair_pk)
        assert is_as_wished or visit.reason
    assert sum((day - min(days)).days < 28 for day in days) <= 8 or any(
        (b - a).days < 3 for a, b in zip(sorted(mine + coming), sorted(mine + coming)[1:], strict=False)
    )
    for hole in plan.holes:
        assert [s for s in legal_starts(world, hole.day) for c in world.chairs if not broken(world, s, c, 56, [*days, hole.day])] == []


# Every zone that tzdata's zone.tab gives to the US, and those of its territories.
US_ZONES = (
    *(f"America/{name}" for name in ("New_York", "Detroit", "Chicago", "Menominee", "Denver", "Boise", "Phoenix", "Los_Angeles")),
    *(f"America/{name}" for name in ("Anchorage", "Juneau", "Sitka", "Metlakatla", "Yakutat", "Nome", "Adak", "Puerto_Rico", "St_Thomas")),
    *(f"America/Indiana/{name}" for name in ("Indianapolis", "Vincennes", "Winamac", "Marengo", "Petersburg", "Vevay", "Tell_City", "Knox")),
    *(f"America/Kentucky/{name}" for name in ("Louisville", "Monticello")),
    *(f"America/North_Dakota/{name}" for name in ("Center", "New_Salem", "Beulah")),
    *(f"Pacific/{name}" for name in ("Honolulu", "Guam", "Saipan", "Pago_Pago")),
)


@pytest.mark.parametrize("start", [date(2026, 2, 23), date(2026, 10, 19)])
def test_the_same_local_hour_over_both_clock_changes(start: date) -> None:
    """March 8th and November 1st, 2026 lie within the four weeks."""
    for zone in US_ZONES:
        place = ZoneInfo(zone)
        clinic = house(zone=place, now=datetime(2026, 2, 1, tzinfo=UTC))
        plan = propose(Wishes(start=start, usual=(Usual(0, time(9)), Usual(3, time(13, 30)))), house=clinic, course=NEW)
        assert [visit.slot.starts_at.astimezone(place).time() for visit in plan.visits] == [time(9), time(13, 30)] * 4, zone
        assert {visit.reason for visit in plan.visits} == {""}, zone


def test_an_hour_that_the_clock_change_skips() -> None:
    """Half past two doesn't exist on March 8th, 2026: the nearest time that does is offered, and why."""
    spans = tuple(Span(weekday, time(0), time(23, 59)) for weekday in range(7))
    clinic = house(spans=spans, now=datetime(2026, 3, 1, tzinfo=UTC))
    offers = nearest_slots(Wanted(day=date(2026, 3, 8), wall=time(2, 30), chair_pk=1, dose_mg=56), house=clinic, course=NEW)
    assert offers[0].reason == "The clocks change on Sunday 8 March: 02:30 doesn’t exist. At 01:30 instead of 02:30."
    assert offers[0].kind is Kind.OTHER_TIME
