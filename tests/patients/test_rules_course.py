"""Where a course stands (DOS-3, DOS-4): tables, and laws for all dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.rules.course import Phase, course_position, phase_of, position_from_counts, week_of

BEGAN = date(2026, 3, 2)
DAYS = st.dates(min_value=date(2019, 3, 5), max_value=date(2060, 1, 1))


def position(day: int, indication: str = "trd", dosed: tuple[int, ...] = (0,), **earlier: object):
    days = [BEGAN + timedelta(days=n) for n in dosed]
    fields = {"earlier_sessions": 0, "earlier_first_on": None, **earlier}
    return course_position(indication, days[0] if days else None, days, today=BEGAN + timedelta(days=day), **fields)


@pytest.mark.parametrize(
    ("indication", "day", "week", "phase"),
    [
        ("trd", 0, 1, Phase.INDUCTION),
        ("trd", 6, 1, Phase.INDUCTION),
        ("trd", 7, 2, Phase.INDUCTION),
        ("trd", 27, 4, Phase.INDUCTION),
        ("trd", 28, 5, Phase.WEEKLY),
        ("trd", 55, 8, Phase.WEEKLY),
        ("trd", 56, 9, Phase.MAINTENANCE),
        ("trd", 400, 58, Phase.MAINTENANCE),
        ("mdsi", 27, 4, Phase.INDUCTION),
        ("mdsi", 28, 5, Phase.BEYOND),
        ("mdsi", 56, 9, Phase.BEYOND),
    ],
)
def test_weeks_count_from_the_first_dosed_day(indication: str, day: int, week: int, phase: Phase) -> None:
    stands = position(day, indication)
    assert (stands.day, stands.week, stands.phase) == (day, week, phase)


def test_before_anything_was_dosed() -> None:
    stands = course_position("trd", None, [], 0, None, BEGAN)
    assert not stands.has_begun
    assert (stands.next_number, stands.week, stands.phase, stands.days_since_last) == (1, 1, Phase.INDUCTION, None)
    assert stands.words == "Session 1 next · not begun"


def test_numbers_count_sessions_and_weeks_count_days() -> None:
    stands = position(40, dosed=(0, 5, 33))
    assert (stands.sessions_done, stands.next_number, stands.week, stands.days_since_last) == (3, 4, 6, 7)
    assert stands.words == "Session 4 next · week 6, weekly"


def test_sessions_elsewhere_begin_the_course() -> None:
    stands = position(0, dosed=(), earlier_sessions=6, earlier_first_on=BEGAN - timedelta(days=30), earlier_last_on=BEGAN - timedelta(days=3))
    assert (stands.next_number, stands.week, stands.phase, stands.days_since_last) == (7, 5, Phase.WEEKLY, 3)


def test_later_days_are_left_out() -> None:
    assert position(3, dosed=(0, 3, 7)).sessions_done == 2
    assert not position(-1, dosed=(0,)).has_begun


def test_phases_have_words_and_a_rhythm() -> None:
    assert Phase.INDUCTION.words == "Induction"
    assert Phase.MAINTENANCE.rhythm == "every one or two weeks"


@given(began=DAYS, day=st.integers(min_value=0, max_value=3000))
def test_days_0_to_27_are_weeks_1_to_4_whatever_the_clocks_do(began: date, day: int) -> None:
    week = week_of(began, began + timedelta(days=day))
    assert week == day // 7 + 1
    assert (week <= 4) == (day <= 27)
    assert (phase_of("trd", week) is Phase.INDUCTION) == (day <= 27)


@given(began=DAYS, gaps=st.lists(st.integers(min_value=1, max_value=40), max_size=20), ahead=st.integers(min_value=0, max_value=50))
def test_lists_and_charts_agree(began: date, gaps: list[int], ahead: int) -> None:
    days = [began]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    today = days[-1] + timedelta(days=ahead)
    by_days = course_position("trd", None, days, 2, began - timedelta(days=9), today, earlier_last_on=began - timedelta(days=2))
    by_counts = position_from_counts(
        indication="trd", sessions_here=len(days), first_on=began, last_on=days[-1], today=today,
        earlier_sessions=2, earlier_first_on=began - timedelta(days=9), earlier_last_on=began - timedelta(days=2),
    )  # fmt: skip
    assert by_days == by_counts


@given(began=DAYS, one=st.integers(0, 900), more=st.integers(0, 900))
def test_a_course_never_goes_back(began: date, one: int, more: int) -> None:
    order = list(Phase)
    earlier = course_position("trd", None, [began], 0, None, began + timedelta(days=one))
    later = course_position("trd", None, [began], 0, None, began + timedelta(days=one + more))
    assert later.week >= earlier.week
    assert order.index(later.phase) >= order.index(earlier.phase)


def test_week_never_lies_before_the_course() -> None:
    assert week_of(BEGAN, BEGAN - timedelta(days=3)) == 1
