"""The benefit review's rules: when it is due, baseline against latest, what a decision must hold."""

from datetime import date, timedelta

import pytest

from sessions.rules.benefit import Point, Standing, change_of, decision_findings, review_due_on, standing_on
from sessions.rules.safety_calls import last_was_positive

BEGAN = date(2026, 3, 2)


def day(number: int) -> date:
    """The course's day, from 0."""
    return BEGAN + timedelta(days=number)


@pytest.mark.parametrize(
    ("came", "reviewed", "due"),
    [
        (0, [], 27),
        (0, [10], 27),
        (0, [20], 27),
        (0, [21], 21 + 84),
        (0, [27, 110], 110 + 84),
        (0, [110, 27], 110 + 84),
        (40, [], 40),
        (14, [], 27),
    ],
)
def test_when_it_is_due(came: int, reviewed: list[int], due: int) -> None:
    assert review_due_on(began_on=BEGAN, came_on=day(came), reviewed=map(day, reviewed), every_weeks=12) == day(due)


def test_nothing_is_due_before_the_first_dose_and_nobody_need_have_come_yet() -> None:
    assert review_due_on(began_on=None, came_on=None, reviewed=[], every_weeks=12) is None
    assert review_due_on(began_on=BEGAN, came_on=None, reviewed=[], every_weeks=12) == day(27)


@pytest.mark.parametrize(
    ("on", "standing"), [(26, Standing.SOON), (19, Standing.LATER), (20, Standing.SOON), (27, Standing.DUE), (28, Standing.LATE)]
)
def test_how_it_stands(on: int, standing: Standing) -> None:
    assert standing_on(day(27), day(on)) is standing


def points(*pairs: tuple[int, int]) -> list[Point]:
    return [Point(number, day(on), total) for number, (on, total) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("pairs", "base", "latest", "fall", "response", "remission"),
    [
        ([], None, None, None, None, None),
        ([(0, 20)], 20, None, None, None, None),
        ([(-5, 24), (0, 20), (14, 10)], 20, 10, 50, True, False),
        ([(0, 21), (14, 11)], 21, 11, 47, False, False),
        ([(0, 20), (28, 4)], 20, 4, 80, True, True),
        ([(0, 20), (28, 5)], 20, 5, 75, True, False),
        ([(-31, 20), (7, 12)], None, 12, None, None, False),
        ([(-30, 20), (7, 22)], 20, 22, -10, False, False),
        ([(0, 0), (7, 3)], 0, 3, None, None, True),
        ([(0, 20), (7, 9), (300, 1)], 20, 9, 55, True, False),
    ],
)
def test_baseline_against_latest(pairs, base, latest, fall, response, remission) -> None:
    change = change_of(points(*pairs), began_on=BEGAN, today=day(100), remission_at_most=4)
    assert (change.baseline and change.baseline.total, change.latest and change.latest.total) == (base, latest)
    assert (change.fall_percent, change.is_response, change.is_remission) == (fall, response, remission)


def test_before_the_course_the_last_month_is_the_baseline() -> None:
    change = change_of(points((-3, 19)), began_on=None, today=BEGAN, remission_at_most=4)
    assert change.baseline is not None
    assert change.latest is None


GOOD = {
    "decision": "continue", "frequency": "", "dose_mg": None, "why": "Response", "concerns": "",
    "answers": {"misuse": "no", "bladder": "no", "cognition": "no", "pregnancy": "not_applicable"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"decision": "stop"}, []),
        ({"decision": "change", "frequency": "weekly"}, []),
        ({"decision": "change", "dose_mg": 84}, []),
        ({"decision": "change"}, ["frequency"]),
        ({"decision": "continue", "dose_mg": 84}, ["frequency"]),
        ({"decision": "change", "dose_mg": 28}, ["dose_mg"]),
        ({"decision": ""}, ["decision"]),
        ({"why": " "}, ["why"]),
        ({"answers": {}}, ["misuse", "bladder", "cognition", "pregnancy"]),
        ({"answers": GOOD["answers"] | {"misuse": "not_applicable"}}, ["misuse"]),
        ({"answers": GOOD["answers"] | {"bladder": "yes"}}, ["concerns"]),
        ({"answers": GOOD["answers"] | {"bladder": "yes"}, "concerns": "Urology"}, []),
    ],
)
def test_what_a_decision_must_hold(change: dict, fields: list[str]) -> None:
    assert [finding.field for finding in decision_findings(**{**GOOD, **change}, usual_doses=(56, 84))] == fields


@pytest.mark.parametrize(
    ("visit", "at_visit", "scored", "at_score", "positive"),
    [
        (None, False, None, False, False), (0, True, None, False, True), (None, False, 0, True, True), (0, False, 3, True, True), (0, True, 3, False, False),
        (3, False, 0, True, False), (3, True, 0, False, True), (3, False, 3, True, True), (3, True, 3, False, True),
    ],
)  # fmt: skip
def test_the_newest_suicide_item_counts_whoever_asked_it(visit, at_visit, scored, at_score, positive) -> None:
    days = {"visit_on": None if visit is None else day(visit), "scored_on": None if scored is None else day(scored)}
    assert last_was_positive(**days, at_visit=at_visit, at_score=at_score) is positive
