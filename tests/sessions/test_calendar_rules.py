"""Places on the calendar: hours shown, steps, closed parts, free stretches, halves; both clock changes included."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.opening import Calendar, Span
from sessions.rules.calendar import (
    Axis,
    Stretch,
    axis_of,
    closed_parts,
    free_stretches,
    halves,
    hours_shown,
    openings,
    quarter_after,
    starts_within,
)

ZONE = ZoneInfo("America/New_York")
DAY = date(2026, 6, 10)
LEAST = timedelta(hours=3)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def piece(first: tuple[int, int], last: tuple[int, int]) -> Stretch:
    return Stretch(at(*first), at(*last))


def told(found: list[Stretch]) -> list[str]:
    return [f"{one.starts_at.astimezone(ZONE):%H:%M}-{one.ends_at.astimezone(ZONE):%H:%M}" for one in found]


@pytest.mark.parametrize(
    ("pieces", "hours"),
    [
        ([], None),
        ([piece((8, 0), (18, 0))], (8, 18)),
        ([piece((8, 30), (17, 1))], (8, 18)),
        ([Stretch(at(23), at(2, day=date(2026, 6, 11)))], (23, 24)),
        ([Stretch(at(23, day=date(2026, 6, 9)), at(2))], (0, 2)),
        ([piece((9, 0), (12, 0)), piece((7, 15), (10, 0))], (7, 12)),
    ],
)
def test_the_hours_shown(pieces: list[Stretch], hours: tuple[int, int] | None) -> None:
    assert hours_shown(pieces, DAY, ZONE) == hours


@pytest.mark.parametrize(("day", "steps"), [(DAY, 288), (date(2026, 3, 8), 276), (date(2026, 11, 1), 300)])
def test_a_whole_day_has_23_24_or_25_hours(day: date, steps: int) -> None:
    axis = axis_of(day, (0, 24), ZONE)
    assert (axis.steps, len(axis.hours())) == (steps, steps // 12)


def test_a_visit_has_its_true_length_on_the_night_of_a_clock_change() -> None:
    """At two the wall says one again: four hours of the wall are five."""
    day = date(2026, 11, 1)
    axis = axis_of(day, (0, 6), ZONE)
    starts = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)  # half past midnight
    assert axis.place(Stretch(starts, starts + LEAST)) == (6, 36)
    assert axis.steps == 84


def test_what_reaches_over_the_edge_is_cut() -> None:
    axis = Axis(at(8), at(18))
    assert axis.place(piece((7, 0), (9, 0))) == (0, 12)
    assert axis.place(piece((17, 0), (19, 0))) == (108, 12)
    assert axis.place(piece((9, 0), (9, 2))) == (12, 1)


def test_the_openings_and_what_is_closed_between_them() -> None:
    spans = (Span(2, time(8), time(12)), Span(2, time(13), time(17)))
    calendar = Calendar(zone=ZONE, spans=spans, closed=frozenset({date(2026, 6, 17)}))
    parts = openings(calendar, DAY)
    assert told(parts) == ["08:00-12:00", "13:00-17:00"]
    assert told(closed_parts(Axis(at(7), at(18)), parts)) == ["07:00-08:00", "12:00-13:00", "17:00-18:00"]
    assert told(closed_parts(Axis(at(8), at(17)), parts)) == ["12:00-13:00"]
    assert openings(calendar, date(2026, 6, 17)) == []


@pytest.mark.parametrize(
    ("busy", "now", "free"),
    [
        ([], (7, 0), ["08:00-18:00"]),
        ([], (9, 1), ["09:15-18:00"]),
        ([], (15, 1), []),
        ([piece((11, 0), (14, 5))], (7, 0), ["08:00-11:00", "14:15-18:00"]),
        ([piece((10, 45), (14, 0)), piece((14, 0), (15, 30))], (7, 0), []),
        ([piece((12, 0), (15, 0)), piece((9, 0), (13, 0))], (7, 0), ["15:00-18:00"]),
        ([piece((19, 0), (22, 0))], (7, 0), ["08:00-18:00"]),
    ],
)
def test_free_stretches(busy: list[Stretch], now: tuple[int, int], free: list[str]) -> None:
    assert told(free_stretches(busy, opens_at=at(8), closes_at=at(18), least=LEAST, now=at(*now))) == free


def test_nothing_is_free_on_a_closed_day() -> None:
    assert free_stretches([], opens_at=None, closes_at=None, least=LEAST, now=at(7)) == []


@pytest.mark.parametrize(
    ("last", "starts"),
    [((10, 59), []), ((11, 0), ["08:00"]), ((11, 10), ["08:00"]), ((12, 20), ["08:00", "09:15"]), ((18, 0), ["08:00", "11:00", "14:00", "15:00"])],
)
def test_a_few_times_to_come_at(last: tuple[int, int], starts: list[str]) -> None:
    found = starts_within(piece((8, 0), last), LEAST)
    assert [f"{one.astimezone(ZONE):%H:%M}" for one in found] == starts


def test_a_long_free_day_offers_no_more_than_four_and_the_last() -> None:
    found = starts_within(Stretch(at(0), at(0, day=date(2026, 6, 11))), LEAST)
    assert [f"{one.astimezone(ZONE):%H:%M}" for one in found] == ["00:00", "03:00", "06:00", "09:00", "21:00"]


def test_visits_that_overlap_share_the_width() -> None:
    assert halves([piece((8, 0), (11, 0)), piece((11, 0), (14, 0))]) == [None, None]
    assert halves([piece((8, 0), (11, 0)), piece((10, 0), (13, 0)), piece((12, 0), (15, 0))]) == [0, 1, 0]


def test_a_quarter_is_its_own_next() -> None:
    assert quarter_after(at(8, 15)) == at(8, 15)
    assert quarter_after(at(8, 16)) == at(8, 30)
