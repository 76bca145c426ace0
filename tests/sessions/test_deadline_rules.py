"""Both deadlines of a form, and whether a send was in time (PMF-1, PMF-5)."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.opening import Calendar, Span
from sessions.rules.deadlines import Deadlines, Urgency, deadlines, is_in_time, urgency

ZONE = ZoneInfo("America/New_York")
WEEK = tuple(Span(day, time(8), time(18)) for day in range(5))
WEDNESDAY = date(2026, 6, 10)


def calendar(*closed: date, spans: tuple[Span, ...] = WEEK) -> Calendar:
    return Calendar(ZONE, spans, frozenset(closed))


@pytest.mark.parametrize(
    ("day_0", "closed", "staffed"),
    [
        (WEDNESDAY, (), date(2026, 6, 17)),
        (WEDNESDAY, (date(2026, 6, 17),), date(2026, 6, 16)),
        (date(2026, 6, 6), (), date(2026, 6, 12)),  # a Saturday: day 7 is one too
        (date(2026, 6, 7), (), date(2026, 6, 12)),  # a Sunday
        (date(2026, 6, 26), (date(2026, 7, 3),), date(2026, 7, 2)),  # the holiday before the Fourth
    ],
)
def test_the_last_staffed_day(day_0, closed, staffed):
    assert deadlines(day_0, 7, calendar(*closed)) == Deadlines(day_0 + timedelta(days=7), staffed)


def test_a_site_that_closes_for_the_week_has_day_0():
    assert deadlines(WEDNESDAY, 7, calendar(spans=())).staffed_due_on == WEDNESDAY


days = st.dates(date(2025, 1, 1), date(2030, 1, 1))
spans = st.lists(st.integers(0, 6), max_size=7).map(lambda found: tuple(Span(day, time(8), time(12)) for day in found))


@given(day_0=days, spans=spans, closed=st.lists(st.integers(0, 7), max_size=8), length=st.integers(1, 14))
def test_the_law_of_the_last_staffed_day(day_0, spans, closed, length):
    """Never after the REMS' own day, never before day 0, and nothing staffed lies between it and the REMS' day."""
    known = calendar(*(day_0 + timedelta(days=gap) for gap in closed), spans=spans)
    found = deadlines(day_0, length, known)
    assert found.due_on == day_0 + timedelta(days=length)
    assert day_0 <= found.staffed_due_on <= found.due_on
    assert known.is_staffed(found.staffed_due_on) or found.staffed_due_on == day_0
    between = (found.staffed_due_on + timedelta(days=gap + 1) for gap in range((found.due_on - found.staffed_due_on).days))
    assert not any(known.is_staffed(day) for day in between)


@given(day_0=days, spans=spans, closed=st.lists(st.integers(0, 8), max_size=8))
def test_both_deadlines_rise_together(day_0, spans, closed):
    """The filing desk orders by day 7 alone, and may: a later day 7 never has an earlier staffed day."""
    known = calendar(*(day_0 + timedelta(days=gap) for gap in closed), spans=spans)
    assert deadlines(day_0, 7, known).staffed_due_on <= deadlines(day_0 + timedelta(days=1), 7, known).staffed_due_on


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 6, 18), Urgency.OVERDUE),
        (date(2026, 6, 17), Urgency.LATE),
        (date(2026, 6, 16), Urgency.TODAY),
        (date(2026, 6, 15), Urgency.TOMORROW),
        (date(2026, 6, 14), Urgency.LATER),
    ],
)
def test_urgency(today, expected):
    assert urgency(Deadlines(date(2026, 6, 17), date(2026, 6, 16)), today) == expected


@pytest.mark.parametrize(("sent_on", "expected"), [(None, False), (date(2026, 6, 17), True), (date(2026, 6, 18), False)])
def test_in_time_by_the_send_that_was_proven(sent_on, expected):
    assert is_in_time(sent_on, date(2026, 6, 17)) is expected
