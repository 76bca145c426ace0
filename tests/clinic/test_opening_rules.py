"""Opening hours in the site's zone, daylight-saving days included (PMF-5, SET-2)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.opening import Calendar, Span, day_bounds, local_day, overlapping

NEW_YORK = ZoneInfo("America/New_York")
WEEK = tuple(Span(day, time(8), time(18)) for day in range(5))


def calendar(spans=WEEK, closed=(), zone=NEW_YORK):
    return Calendar(zone=zone, spans=tuple(spans), closed=frozenset(closed))


@pytest.mark.parametrize(
    ("day", "closing"),
    [
        (date(2026, 6, 10), datetime(2026, 6, 10, 22, tzinfo=UTC)),  # summer time
        (date(2026, 1, 14), datetime(2026, 1, 14, 23, tzinfo=UTC)),  # winter time
        (date(2026, 3, 6), datetime(2026, 3, 6, 23, tzinfo=UTC)),  # the Friday before the clocks go forward
        (date(2026, 3, 9), datetime(2026, 3, 9, 22, tzinfo=UTC)),  # the Monday after
        (date(2026, 10, 30), datetime(2026, 10, 30, 22, tzinfo=UTC)),
        (date(2026, 11, 2), datetime(2026, 11, 2, 23, tzinfo=UTC)),
        (date(2026, 6, 13), None),  # Saturday
    ],
)
def test_closing_of_a_day(day, closing):
    assert calendar().closing_at(day) == closing
    assert calendar().is_staffed(day) is (closing is not None)


def test_opening_of_a_day():
    assert calendar().opening_at(date(2026, 6, 10)) == datetime(2026, 6, 10, 12, tzinfo=UTC)
    assert calendar().opening_at(date(2026, 6, 13)) is None


@pytest.mark.parametrize(
    ("day", "wall", "opens", "closes"),
    [
        # 1 November 2026: 1:30 is told twice; open from the first, until the second.
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        # 8 March 2026: 2:30 is skipped.
        (date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 6, 30, tzinfo=UTC), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
    ],
)
def test_hours_told_twice_or_never(day, wall, opens, closes):
    assert calendar([Span(6, wall, time(20))]).opening_at(day) == opens
    assert calendar([Span(6, time(0), wall)]).closing_at(day) == closes


def test_a_site_that_never_closes_has_no_minute_without_anybody():
    always = calendar([Span(day, time(0), time(23, 59)) for day in range(7)])
    last = datetime(2026, 6, 11, 3, 59, 30, tzinfo=UTC)
    assert always.closing_at(date(2026, 6, 10)) == datetime(2026, 6, 11, 4, tzinfo=UTC)
    assert always.is_open(last)
    assert always.presence_lapses_at(last) == datetime(2026, 6, 11, 4, tzinfo=UTC)


def test_two_spans_close_with_the_last():
    split = calendar([Span(2, time(13), time(17)), Span(2, time(8), time(12))])
    assert split.closing_at(date(2026, 6, 10)) == datetime(2026, 6, 10, 21, tzinfo=UTC)
    assert split.is_open(datetime(2026, 6, 10, 15, tzinfo=UTC))
    assert not split.is_open(datetime(2026, 6, 10, 16, 30, tzinfo=UTC))
    assert not split.is_open(datetime(2026, 6, 10, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    ("on_or_before", "not_before", "closed", "found"),
    [
        (date(2026, 6, 10), date(2026, 6, 3), [], date(2026, 6, 10)),
        (date(2026, 6, 14), date(2026, 6, 7), [], date(2026, 6, 12)),  # Sunday: Friday
        (date(2026, 6, 14), date(2026, 6, 7), [date(2026, 6, 12)], date(2026, 6, 11)),
        (date(2026, 6, 14), date(2026, 6, 13), [], date(2026, 6, 13)),  # nothing open: the floor
        (date(2026, 6, 10), date(2026, 6, 12), [], date(2026, 6, 12)),
    ],
)
def test_last_staffed_day(on_or_before, not_before, closed, found):
    assert calendar(closed=closed).last_staffed_day(on_or_before, not_before) == found


@pytest.mark.parametrize(
    ("came_at", "lapses_at"),
    [
        (datetime(2026, 6, 10, 14, tzinfo=UTC), datetime(2026, 6, 10, 22, tzinfo=UTC)),
        (datetime(2026, 6, 10, 22, tzinfo=UTC), datetime(2026, 6, 11, 4, tzinfo=UTC)),  # at closing: the day's end
        (datetime(2026, 6, 11, 1, tzinfo=UTC), datetime(2026, 6, 11, 4, tzinfo=UTC)),  # still the 10th in New York
        (datetime(2026, 6, 13, 14, tzinfo=UTC), datetime(2026, 6, 14, 4, tzinfo=UTC)),  # a closed day
    ],
)
def test_presence_lapses(came_at, lapses_at):
    assert calendar().presence_lapses_at(came_at) == lapses_at


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 6, 10), 24), (date(2026, 11, 1), 25)])
def test_length_of_a_day(day, hours):
    start, end = day_bounds(day, NEW_YORK)
    assert end - start == timedelta(hours=hours)
    assert local_day(start, NEW_YORK) == day
    assert local_day(end, NEW_YORK) == day + timedelta(days=1)


def test_overlapping_spans():
    a, b, c = Span(0, time(8), time(12)), Span(0, time(11), time(14)), Span(1, time(8), time(12))
    assert overlapping([c, b, a]) == [(a, b)]
    assert overlapping([a, Span(0, time(12), time(14)), c]) == []


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["America/New_York", "America/Denver", "America/Phoenix", "America/Santiago", "Pacific/Apia"]),
)
def test_presence_always_lapses_after_coming_within_a_day(came_at, name):
    lapses_at = calendar(zone=ZoneInfo(name)).presence_lapses_at(came_at)
    assert timedelta(0) < lapses_at - came_at <= timedelta(hours=25)


@pytest.mark.parametrize(("until", "spans"), [(time(14), [(8, 12), (13, 14)]), (time(13), [(8, 12)]), (time(8), []), (time(20), [(8, 12), (13, 18)])])
def test_a_day_that_closes_early(until, spans):
    day = date(2026, 6, 10)
    halves = [Span(2, time(8), time(12)), Span(2, time(13), time(18))]
    early = Calendar(zone=NEW_YORK, spans=tuple(halves), closed=frozenset(), early=((day, until),))
    assert [(span.opens_at.hour, span.closes_at.hour) for span in early.spans_on(day)] == spans
    assert len(early.spans_on(day + timedelta(days=7))) == 2
