"""Presence over moments and intervals (SET-2)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.presence import Gap, Presence, awaits_word, correction_findings, ended_at, gaps, is_present, recording_findings
from tests.moment import NOW


def at(minute):
    return NOW + timedelta(minutes=minute)


def stays(*pairs):
    return [Presence(at(came), at(ended)) for came, ended in pairs]


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([], [(0, 120)]),
        ([(-10, 200)], []),
        ([(0, 120)], []),
        ([(-10, 60)], [(60, 120)]),
        ([(30, 200)], [(0, 30)]),
        ([(-10, 40), (40, 130)], []),  # a handover without a break
        ([(50, 130), (-10, 40)], [(40, 50)]),
        ([(-10, 90), (10, 20), (80, 130)], []),  # one within another
        ([(10, 20), (30, 40)], [(0, 10), (20, 30), (40, 120)]),
        ([(150, 200)], [(0, 120)]),  # came after all
        ([(-60, -10)], [(0, 120)]),
    ],
)
def test_gaps_of_two_hours(pairs, found):
    assert gaps(stays(*pairs), at(0), at(120)) == [Gap(at(a), at(b)) for a, b in found]


def test_an_empty_interval_has_no_gap():
    assert gaps([], at(0), at(0)) == []


@pytest.mark.parametrize(("minute", "present"), [(-1, False), (0, True), (59, True), (60, False)])
def test_the_moment_of_leaving_is_outside(minute, present):
    assert is_present(stays((0, 60)), at(minute)) is present


@pytest.mark.parametrize(("left", "lapses", "ended"), [(None, 60, 60), (30, 60, 30), (90, 60, 60)])
def test_a_stay_ends_at_closing_at_the_latest(left, lapses, ended):
    assert ended_at(None if left is None else at(left), at(lapses)) == at(ended)


spans = st.tuples(st.integers(-60, 180), st.integers(1, 120)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(spans, max_size=6))
def test_every_minute_is_either_present_or_in_a_gap(pairs):
    listed = stays(*pairs)
    found = gaps(listed, at(0), at(120))
    for minute in range(120):
        inside = any(gap.starts_at <= at(minute) < gap.ends_at for gap in found)
        assert inside is not is_present(listed, at(minute))


@pytest.mark.parametrize(
    ("facts", "waits"),
    [
        ({"recorded_by": 1, "confirmed_at": None}, False),
        ({"recorded_by": 2, "confirmed_at": None}, True),
        ({"recorded_by": 2, "confirmed_at": at(5)}, False),
        ({"recorded_by": 1, "confirmed_at": None, "left_recorded_by": 1, "left_recorded_at": at(9)}, False),
        ({"recorded_by": 1, "confirmed_at": None, "left_recorded_by": 2, "left_recorded_at": at(9)}, True),
        ({"recorded_by": 2, "confirmed_at": at(5), "left_recorded_by": 2, "left_recorded_at": at(9)}, True),
        ({"recorded_by": 2, "confirmed_at": at(10), "left_recorded_by": 2, "left_recorded_at": at(9)}, False),
    ],
)
def test_what_others_wrote_waits_for_the_persons_own_word(facts, waits):
    assert awaits_word(person=1, **facts) is waits


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, None),
        ({"is_prescriber": False}, "member"),
        ({"at": at(1)}, "at"),
        ({"at": at(-1441)}, "at"),
        ({"is_coming": False}, "member"),
        ({"is_coming": False, "came_at": at(-10)}, None),
        ({"is_coming": False, "came_at": at(-10), "at": at(-20)}, "at"),
    ],
)
def test_what_staff_may_write_for_a_prescriber(facts, field):
    given_facts = {"at": at(0), "now": at(0), "is_prescriber": True, "came_at": None, "is_coming": True} | facts
    assert [finding.field for finding in recording_findings(**given_facts)] == ([] if field is None else [field])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, None),
        ({"left_at": None}, None),
        ({"reason": " "}, "reason"),
        ({"came_at": at(1)}, "came_at"),
        ({"left_at": at(1)}, "left_at"),
        ({"came_at": at(-60 * 24 * 32)}, "came_at"),
        ({"left_at": at(-200)}, "left_at"),
        ({"left_at": at(-1), "day_ends_at": at(-5)}, "left_at"),
        ({"left_at": None, "may_stand_open": False}, "left_at"),
        ({"others": stays((-95, -50))}, "came_at"),
        ({"others": stays((-300, -100), (-10, 60))}, None),
        ({"others": stays((-10, 60)), "left_at": None}, "came_at"),
    ],
)
def test_what_a_person_may_put_right(facts, field):
    usual = {
        "came_at": at(-100), "left_at": at(-20), "day_ends_at": at(600), "others": [], "may_stand_open": True, "reason": "Forgot to press", "now": at(0),
    }  # fmt: skip
    assert [finding.field for finding in correction_findings(**(usual | facts))] == ([] if field is None else [field])
