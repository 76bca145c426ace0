"""The measures by tables: kept, fell short, found, or not spoken about."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reports.rules import MEASURE_BY_CODE, MEASURES, Group, Kind, evaluate
from reports.rules.facts import AlertFact, Broken
from reports.rules.wilson import wilson
from tests.reports.tables import AMOUNTS, COUNTS, COURSES, FIRST, GOOD, HIGH, RUNNING, TODAY, WEIGHED, at


@pytest.mark.parametrize(("code", "change", "expected"), COUNTS)
def test_what_a_visit_adds(code: str, change: dict[str, Any], expected: tuple[int, int] | None) -> None:
    answer = MEASURE_BY_CODE[code].answer(replace(GOOD, **change), TODAY)
    assert (None if answer is None else (answer.hits, answer.of)) == expected


@pytest.mark.parametrize(("code", "change", "today", "expected"), COURSES)
def test_what_a_course_adds(code: str, change: dict[str, Any], today: date, expected: tuple[int, int] | None) -> None:
    answer = MEASURE_BY_CODE[code].answer(replace(GOOD, **change), today)
    assert (None if answer is None else (answer.hits, answer.of)) == expected


@pytest.mark.parametrize(("code", "change", "expected"), AMOUNTS)
def test_amounts(code: str, change: dict[str, Any], expected: tuple[float, ...] | None) -> None:
    answer = MEASURE_BY_CODE[code].answer(replace(GOOD, **change), TODAY)
    assert (None if answer is None else answer.values) == expected


def test_every_measure_is_in_a_table() -> None:
    asked = {code for code, *_ in (*COUNTS, *COURSES, *AMOUNTS)}
    also = {"sedation_resolved", "dissociation", "dissociation_resolved", "serious"}
    assert {measure.code for measure in MEASURES} == asked | also
    assert list(dict.fromkeys(measure.group for measure in MEASURES)) == list(Group)


def test_nothing_counted_is_no_percentage() -> None:
    for measure in MEASURES:
        result = evaluate(measure, [], today=TODAY)
        assert (result.counted, result.percent, result.is_met, result.interval, result.median, result.mean, result.longest) == (
            0,
            None,
            False,
            *[None] * 4,
        )


def test_a_result_names_each_visit_behind_it() -> None:
    short = replace(GOOD, pk=2, ended_at=at(60))
    running = replace(GOOD, pk=3, **RUNNING)
    result = evaluate(MEASURE_BY_CODE["watched"], [GOOD, short, running], today=TODAY)
    assert (result.counted, result.kept, [row.pk for row in result.shown], [row.pk for row in result.others]) == (2, 1, [2], [1])
    assert result.percent == 50
    assert not result.is_met
    longest = evaluate(MEASURE_BY_CODE["watch_minutes"], [short, GOOD], today=TODAY)
    assert ([row.pk for row in longest.shown], longest.others, longest.percent) == ([1, 2], [], None)
    assert (longest.median, longest.mean, longest.longest) == (85.5, 85.5, 121)
    shared = evaluate(MEASURE_BY_CODE["left_early"], [GOOD, replace(short, is_early=True)], today=TODAY)
    assert ([row.pk for row in shared.shown], [row.pk for row in shared.others]) == ([2], [1])


def test_what_a_list_says_of_a_visit() -> None:
    facts = replace(
        GOOD, readings=HIGH, planned_dose_mg=84, decisions=WEIGHED, breaches=[Broken("SET-2", "Nobody.")], alerts=[AlertFact("critical", FIRST, None)]
    )
    words = {measure.code: measure.detail(facts) for measure in MEASURES if measure.detail}
    assert words == {
        "entered_in_time": "Longest: 0 min",
        "high_weighed": "141/77",
        "off_schedule": "The first session of this indication is 56 mg, not 84 mg.",
        "breaches": "SET-2: Nobody.",
        "overrides": "PRE-2: High. Because: Anxious",
        "alerts": "1 raised, 1 critical",
    }
    bare = replace(facts, readings=[], alerts=[])
    assert [MEASURE_BY_CODE[code].detail(bare) for code in ("high_weighed", "alerts")] == ["", ""]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0, 27.75), (10, 10, 72.25, 100), (1, 10, 1.79, 40.42), (50, 100, 40.38, 59.62), (347, 1000, 31.81, 37.7)]
)
def test_the_interval_of_a_share(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert found is not None
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


def test_no_interval_of_none() -> None:
    assert wilson(0, 0) is None
    assert all(measure.kind in Kind and measure.rule for measure in MEASURES)
