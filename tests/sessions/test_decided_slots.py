"""Slots that only the rhythm speaks against: each is named with all that it breaks, and breaks nothing else (DOS-5)."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patients.rules.course import TRD
from sessions.rules.planning import CourseFacts, Kind, Staffed, Wanted, decided_slots, nearer, nearest_slots
from tests.moment import NOW, TODAY
from tests.sessions.planning_oracle import World, broken
from tests.sessions.test_planning_rules import NEW_YORK, house, taken
from tests.sessions.test_redraw import JUNE

# A tight induction: Monday and Thursday, the Monday to come closes.
TIGHT = CourseFacts(
    patient_pk=1, indication=TRD, dosed_days=(JUNE[1], JUNE[4], JUNE[8]), booked_days=(JUNE[11], JUNE[15], JUNE[18], JUNE[22], JUNE[25])
)
CLOSED = {"closed": (JUNE[15],)}
WANTED = Wanted(day=JUNE[15], wall=time(9), chair_pk=1, dose_mg=56)
NAMES = {"DOS-5.gap": {"gap"}, "DOS-5.interval": {"more than twice in seven days", "more than weekly"}}


def own_visits():
    return [taken(day, patient=1, pk=day.day) for day in TIGHT.booked_days]


def marked(wanted=WANTED, course=TIGHT, **more):
    return decided_slots(wanted, house=house(*own_visits(), **more), course=course, besides=15)


def told(offers):
    return [(offer.slot.day.day, offer.kind, [(one.day.day, one.finding.key) for one in offer.decisions]) for offer in offers]


def test_a_closed_monday_between_two_thursdays_has_only_marked_slots() -> None:
    """Tuesday makes Monday the 22nd the third within seven days; Wednesday stands beside Thursday."""
    assert nearest_slots(WANTED, house=house(*own_visits(), **CLOSED), course=TIGHT, besides=15) == []
    offers = marked(**CLOSED)
    assert told(offers) == [
        (16, Kind.OTHER_DAY, [(22, "DOS-5.interval")]),
        (17, Kind.OTHER_DAY, [(17, "DOS-5.gap"), (18, "DOS-5.interval"), (22, "DOS-5.interval")]),
    ]
    assert offers[0].decisions[0].finding.text == (
        "With it, the visit on Monday 22 June would come too soon. Third visit within seven days: the induction is twice a week."
    )
    assert offers[1].decisions[1].finding.text.endswith("On the day after another: twice a week means days apart.")
    assert offers[0].reason == "The clinic is closed on Monday 15 June. One day later, Tuesday 16 June."


@pytest.mark.parametrize(("free_on", "kept"), [(None, [16, 17]), (17, [16]), (16, []), (29, [16, 17])])
def test_marked_slots_come_where_they_are_nearer(free_on, kept) -> None:
    free = [] if free_on is None else nearest_slots(Wanted(day=JUNE[free_on], wall=time(9), chair_pk=1, dose_mg=56), house=house(), course=CourseFacts(patient_pk=2, indication=TRD), per_kind=1)  # fmt: skip
    assert [offer.slot.day.day for offer in nearer(marked(**CLOSED), free, WANTED)] == kept


def test_the_house_is_never_broken_and_own_days_never_doubled() -> None:
    assert marked(spans=()) == []
    full = [taken(day, chair=chair, wall=wall) for day in (JUNE[16], JUNE[17]) for chair in (1, 2, 3) for wall in (time(8), time(11), time(14))]
    assert not {16, 17} & {day for day, *_ in told(decided_slots(WANTED, house=house(*own_visits(), *full, **CLOSED), course=TIGHT, besides=15))}
    assert not {1, 4, 8, 11, 18, 22, 25} & {day for day, *_ in told(decided_slots(WANTED, house=house(*own_visits(), **CLOSED), course=TIGHT, besides=15, most=20))}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    wished=st.integers(-3, 30), gap=st.integers(1, 4), closed=st.sets(st.integers(0, 30), max_size=8), chair=st.sampled_from([None, 1, 9]),
    dosed=st.sets(st.integers(1, 60), max_size=8), booked=st.sets(st.integers(0, 25), max_size=9),
    rows=st.lists(st.tuples(st.integers(0, 30), st.integers(8, 15), st.integers(1, 3)), max_size=40), at_once=st.sampled_from([1, 2, 9]),
)  # fmt: skip
def test_a_marked_slot_breaks_only_what_it_names(wished, gap, closed, chair, dosed, booked, rows, at_once) -> None:  # type: ignore[no-untyped-def]
    mine, coming = sorted(TODAY - timedelta(days=n) for n in dosed), sorted(TODAY + timedelta(days=n) for n in booked)
    shut = {TODAY + timedelta(days=n) for n in closed}
    full = [taken(TODAY + timedelta(days=day), time(hour), chair=seat, patient=100 + n, pk=n) for n, (day, hour, seat) in enumerate(rows)]
    full += [taken(day, chair=2, patient=1, pk=900 + n) for n, day in enumerate(coming)]
    clinic = house(*full, closed=tuple(shut), gap=gap, staffed=tuple(Staffed(weekday, time.min, time(23, 59), at_once) for weekday in range(7)))
    course = CourseFacts(patient_pk=1, indication=TRD, dosed_days=tuple(mine), booked_days=tuple(coming))
    wanted = Wanted(day=TODAY + timedelta(days=wished), wall=time(9), chair_pk=chair, dose_mg=56)
    hours = [(span.weekday, span.opens_at, span.closes_at) for span in clinic.calendar.spans]
    world = World(
        ZoneInfo(NEW_YORK.key), NOW, hours, shut, [1, 2, 3], [(o.chair_pk, o.starts_at, o.ends_at) for o in full], [*mine, *coming], gap, at_once
    )
    for offer in [*nearest_slots(wanted, house=clinic, course=course), *decided_slots(wanted, house=clinic, course=course, most=5)]:
        found = set(broken(world, offer.slot.starts_at, offer.slot.chair_pk, 56, [*world.own_days, offer.slot.day]))
        named = {one.finding.key for one in offer.decisions}
        allowed = set().union(*(NAMES[key] for key in named)) if named else set()
        assert found <= allowed
        assert all(found & NAMES[key] for key in named)
        assert "twice a day" not in found
