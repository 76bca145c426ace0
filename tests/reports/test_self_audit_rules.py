"""The self-audit by tables: whose Monday it is, which days are judged, what a finding is, how it ages, when it closes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.rules import MEASURE_BY_CODE, MEASURES, Kind
from reports.rules.facts import Broken
from reports.rules.self_audit import (
    ALSO,
    AUDITED,
    COVERED,
    Recheck,
    Verdict,
    age_of,
    due_week,
    judged_days,
    recheck_on,
    rechecked,
    runs_at,
    shortfalls,
)
from tests.reports.tables import DAY, END, GOOD, MID, RUNNING, TODAY, at

NEW_YORK, DENVER = ZoneInfo("America/New_York"), ZoneInfo("America/Denver")
MONDAY = date(2026, 6, 8)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("at", "zone", "monday"),
    [
        (datetime(2026, 6, 8, 10, 0, tzinfo=UTC), NEW_YORK, MONDAY),  # six o'clock on the wall
        (datetime(2026, 6, 8, 9, 59, tzinfo=UTC), NEW_YORK, MONDAY - WEEK),
        (datetime(2026, 6, 8, 10, 0, tzinfo=UTC), DENVER, MONDAY - WEEK),  # four o'clock there
        (datetime(2026, 6, 8, 12, 0, tzinfo=UTC), DENVER, MONDAY),
        (datetime(2026, 6, 15, 3, 0, tzinfo=UTC), NEW_YORK, MONDAY),  # Sunday night there
        # The clocks go forward on Sunday 8 March, back on Sunday 1 November 2026: six o'clock stays six o'clock.
        (datetime(2026, 3, 2, 11, 0, tzinfo=UTC), NEW_YORK, date(2026, 3, 2)),
        (datetime(2026, 3, 9, 10, 0, tzinfo=UTC), NEW_YORK, date(2026, 3, 9)),
        (datetime(2026, 3, 9, 9, 59, tzinfo=UTC), NEW_YORK, date(2026, 3, 2)),
        (datetime(2026, 11, 2, 10, 59, tzinfo=UTC), NEW_YORK, date(2026, 10, 26)),
        (datetime(2026, 11, 2, 11, 0, tzinfo=UTC), NEW_YORK, date(2026, 11, 2)),
    ],
)
def test_whose_monday_it_is(at: datetime, zone: ZoneInfo, monday: date) -> None:
    assert due_week(at, zone) == monday
    assert runs_at(monday, zone) <= at < runs_at(monday + WEEK, zone)


def test_the_days_that_are_judged() -> None:
    sunday = MONDAY - timedelta(days=1)
    assert judged_days(MONDAY, None) == (MONDAY - 5 * WEEK, sunday)
    assert judged_days(MONDAY, MONDAY - WEEK) == (MONDAY - 5 * WEEK, sunday)
    assert judged_days(MONDAY, MONDAY - 3 * WEEK) == (MONDAY - 7 * WEEK, sunday), "two Mondays missed: their days too"
    assert judged_days(MONDAY, MONDAY - 99 * WEEK) == (MONDAY - timedelta(days=365), sunday)


def test_every_kept_measure_is_audited_or_covered() -> None:
    kept = {measure.code for measure in MEASURES if measure.kind is Kind.KEPT}
    assert {measure.code for measure in AUDITED} == kept - set(COVERED) | ALSO
    assert kept >= set(COVERED)


def test_what_a_finding_is() -> None:
    assert shortfalls([GOOD, replace(GOOD, pk=2, **RUNNING)], TODAY) == []
    bad = replace(GOOD, pk=3, ended_at=at(126), readings=[MID, END], breaches=[Broken("SET-2", "Nobody.")], enrolled_on=None)
    found = {short.key: (short.rule, short.session, short.words) for short in shortfalls([GOOD, bad], TODAY)}
    assert found == {
        "watched:3": ("MON-1", 3, ""),
        "pressure_before:3": ("MON-3", 3, ""),
        "enrolled:3": ("PAT-1", 3, ""),
        "breaches:3": ("SET-2", 3, "SET-2: Nobody."),
    }
    late = replace(GOOD, readings=[GOOD.readings[0], MID])
    assert [(short.measure, short.words) for short in shortfalls([late], TODAY)] == [
        ("pressure_end", ""),
        ("checks_taken", "1 of 2"),
        ("checks_in_time", "1 of 2"),
    ]


@pytest.mark.parametrize(
    ("due", "monday"), [(date(2026, 6, 8), date(2026, 6, 15)), (date(2026, 6, 9), date(2026, 6, 22)), (date(2026, 6, 14), date(2026, 6, 22))]
)
def test_the_recheck_has_a_whole_week_behind_it(due: date, monday: date) -> None:
    assert recheck_on(due) == monday


def test_the_practice_is_judged_again() -> None:
    watched = MEASURE_BY_CODE["watched"]
    short, running = replace(GOOD, pk=2, ended_at=at(60)), replace(GOOD, pk=3, **RUNNING)
    assert rechecked(watched, [GOOD, running], today=TODAY) == Recheck(Verdict.KEPT, 1, 0)
    assert rechecked(watched, [GOOD, short], today=TODAY) == Recheck(Verdict.AGAIN, 2, 1)
    assert rechecked(watched, [running], today=TODAY) == Recheck(Verdict.NOTHING)


@pytest.mark.parametrize(
    ("days", "due", "last", "tone", "words"),
    [
        (0, None, "", "warn", "Nobody’s yet"),
        (6, None, "", "warn", "Nobody’s yet"),
        (7, None, "", "act", "Nobody’s for 7 days"),
        (10, 14, "", "neutral", "Due on 24 Jun"),
        (15, 14, "nothing", "warn", "Re-check on 6 Jul"),
        (22, 14, "again", "act", "Fell short again"),
        (28, 40, "", "act", "Old: open for 28 days"),
    ],
)
def test_how_a_finding_ages(days: int, due: int | None, last: str, tone: str, words: str) -> None:
    due_on = DAY + timedelta(days=due) if due is not None else None
    age = age_of(found_on=DAY, due_on=due_on, recheck=recheck_on(due_on) if due_on else None, last=last, today=DAY + timedelta(days=days))
    assert (age.days, age.tone, age.words) == (days, tone, words)
