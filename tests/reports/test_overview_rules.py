"""The overview's rules: spans of weeks, who came, trends and what they say, what fell short first; narrowing; exports' lives."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from reports import charts
from reports.rules import MEASURE_BY_CODE, SessionFacts, Tally, exporting, overview
from reports.rules.facts import Broken, CourseFact, DeviceFact
from reports.rules.judged import COLUMN
from reports.rules.narrowing import Narrowing, fits, narrowed, narrowing_of
from reports.rules.overview import Line, Point, Span, Traffic
from tests.reports.tables import GOOD

DAY = date(2026, 6, 10)
AT = datetime(2026, 6, 10, 14, tzinfo=UTC)


def facts(pk: int = 1, day: date = DAY, status: str = "discharged", sprays: int = 1, minutes: int = 130, **more: Any) -> SessionFacts:
    return replace(
        GOOD, pk=pk, treatment_on=day, status=status, devices=[DeviceFact(AT, AT)] * sprays, ended_at=AT + timedelta(minutes=minutes), **more
    )


@pytest.mark.parametrize(
    ("first", "last", "count", "first_span", "last_span"),
    [
        (DAY, DAY, 1, (DAY, DAY), (DAY, DAY)),
        (date(2026, 6, 8), date(2026, 6, 15), 2, (date(2026, 6, 8), date(2026, 6, 14)), (date(2026, 6, 15), date(2026, 6, 15))),
        (date(2026, 3, 16), DAY, 13, (date(2026, 3, 16), date(2026, 3, 22)), (date(2026, 6, 8), DAY)),
        (date(2026, 3, 15), DAY, 4, (date(2026, 3, 15), date(2026, 4, 5)), (date(2026, 6, 1), DAY)),
        (date(2025, 6, 10), DAY, 14, (date(2025, 6, 10), date(2025, 7, 6)), (date(2026, 6, 8), DAY)),
    ],
)
def test_spans(first: date, last: date, count: int, first_span: tuple[date, date], last_span: tuple[date, date]) -> None:
    spans = overview.spans_of(first, last)
    assert (len(spans), spans[0], spans[-1]) == (count, Span(*first_span), Span(*last_span))
    every = [facts(number, first + timedelta(days=number)) for number in range((last - first).days + 1)]
    places = overview.places_of(every, spans)
    assert all(spans[places[one.pk]].first <= one.treatment_on <= spans[places[one.pk]].last for one in every)


def test_the_last_thirteen_weeks_begin_on_a_monday() -> None:
    first, last = overview.last_weeks(DAY)
    assert (first, last, len(overview.spans_of(first, last))) == (date(2026, 3, 16), DAY, 13)


def test_traffic_counts_sprays_and_what_came_to_none() -> None:
    spans = overview.spans_of(DAY, DAY + timedelta(days=7))
    visits = [facts(1), facts(2, status="missed", sprays=0), facts(3, DAY + timedelta(days=7), "booked", 0), facts(4, status="voided")]
    traffic = overview.traffic_of(visits, overview.places_of(visits, spans), spans)
    assert traffic == (Traffic(1, 1), Traffic(0, 0))
    chart = charts.traffic_chart(spans, traffic)
    assert ([bar.total for bar in chart.bars], [tick.label for tick in chart.ticks]) == ([2, 0], ["0", "1", "2"])
    assert [charts.step_of(highest) for highest in (1, 4, 5, 9, 21, 300, 2001)] == [1, 1, 2, 5, 10, 100, 1000]


def lines_of(*minutes: int) -> list[Line]:
    """`watched` and `watch_minutes` over a visit in each of so many weeks."""
    visits = [facts(number, DAY + timedelta(days=7 * number), minutes=length) for number, length in enumerate(minutes)]
    spans = overview.spans_of(DAY, DAY + timedelta(days=7 * (len(minutes) + 1)))
    places = overview.places_of(visits, spans)
    return the_lines(("watched", "watch_minutes", "breaches"), visits, places, spans)


def the_lines(codes: Sequence[str], visits: list[SessionFacts], places: dict[int, int], spans: Sequence[Span]) -> list[Line]:
    lines = overview.lines_of(visits, places, len(spans), DAY)
    return [lines[COLUMN[code]] for code in codes]


def test_a_trend_is_the_measure_by_spans() -> None:
    watched, minutes, _ = lines_of(130, 100)
    assert watched.points == (Point(1, 1, 100.0), Point(0, 1, 0.0), Point(0, 0, None), Point(0, 0, None))
    assert [point.value for point in minutes.points] == [130, 100, None, None]
    assert (watched.result.kept, watched.result.counted) == (1, 2)
    drawn = charts.spark(watched)
    assert (len(drawn.lines), drawn.short.count(charts.DIAMOND), drawn.summary) == (1, 1, "From 100 to 0 %, lowest 0, highest 100.")
    assert charts.spark(minutes).summary == "From 130 to 100 min, lowest 100, highest 130."
    assert charts.corners([("5", "5"), ("15", "5"), ("25", "5"), ("35", "9"), ("45", "9")]) == [("5", "5"), ("25", "5"), ("35", "9"), ("45", "9")]
    assert charts.spark(lines_of()[0]).summary == "Nothing counted."


@pytest.mark.parametrize(
    ("code", "before", "after", "word"),
    [
        ("watched", (50, 100), (99, 100), "better"),
        ("watched", (99, 100), (50, 100), "worse"),
        ("watched", (9, 10), (10, 10), "no clear change"),
        ("missed", (1, 100), (50, 100), "more"),
        ("missed", (50, 100), (1, 100), "fewer"),
        ("missed", (0, 0), (1, 100), ""),
        ("watch_minutes", (1, 1), (1, 1), ""),
    ],
)
def test_a_change_is_said_only_where_chance_hardly_explains_it(code: str, before: tuple[int, int], after: tuple[int, int], word: str) -> None:
    assert Line(Tally(MEASURE_BY_CODE[code]), tuple(Point(*pair, None) for pair in (before, after))).change == word


def test_what_safety_hangs_on_is_told_first() -> None:
    visits = [facts(1, minutes=100, enrolled_on=None), facts(2, breaches=[Broken("SET-2", "Nobody")])]
    places = overview.places_of(visits, spans := overview.spans_of(DAY, DAY))
    lines = the_lines(CODES, visits, places, spans)
    assert [line.measure.code for line in overview.fell_short(lines)] == ["enrolled", "watched", "breaches"]
    assert overview.judged(lines) == (1, 4)
    assert set(overview.ACTS) == {measure.group for measure in MEASURE_BY_CODE.values()}


CODES = ("enrolled", "watched", "watched_last", "breaches", "certified", "safety_calls")


@pytest.mark.parametrize(
    ("codes", "is_in"),
    [
        ({}, True),
        ({"prescriber": 3}, True), ({"prescriber": 4}, False), ({"monitor": "5"}, True), ({"monitor": 6}, False),
        ({"indication": "1"}, True), ({"indication": "2"}, False), ({"phase": "2"}, True), ({"phase": "1", "monitor": 5}, False),
    ],
)  # fmt: skip
def test_narrowing(codes: dict[str, object], is_in: bool) -> None:
    visit = facts(monitor=5, course=CourseFact(prescriber=3, dosed_days=(DAY - timedelta(days=30), DAY)))
    chosen = narrowing_of(codes)
    assert fits(visit, chosen) is is_in
    assert narrowed([visit], chosen) == [visit] * is_in
    assert narrowing_of(chosen.as_codes) == chosen


def test_a_course_that_has_not_begun_is_in_its_induction() -> None:
    assert fits(facts(sprays=0), Narrowing(phase="1"))


def test_the_life_of_an_export() -> None:
    later = AT + exporting.LEASE
    assert [exporting.may_begin(*case) for case in (("waiting", None, AT), ("working", later, AT), ("working", AT, AT), ("done", None, AT))] == [
        True, False, True, False
    ]  # fmt: skip
    assert [exporting.gives_up(tries) for tries in (0, 2, 3)] == [False, False, True]
    states = ("waiting", "working", "done", "failed", "cancelled", "expired")
    assert [exporting.may_cancel(state) for state in states] == [True, True, False, False, False, False]
    assert [exporting.may_ask_again(state) for state in states] == [False, False, False, True, True, True]
    assert [exporting.may_download(*case) for case in (("done", later, AT), ("done", AT, AT), ("done", None, AT), ("expired", later, AT))] == [
        True, False, False, False
    ]  # fmt: skip
