"""How a policy may change (MON-1, MON-3, MON-6, SET-10)."""

from datetime import timedelta

import pytest

from clinic.rules.policy import (
    BOUNDS,
    bounds_findings,
    check_findings,
    differences,
    policy_findings,
    start_findings,
    withdrawal_findings,
)
from tests.moment import TODAY

GOOD = {
    "minimum_watch_minutes": 120, "check_minutes": [0, 40, 120], "check_grace_minutes": 5, "check_after_minutes": 30, "final_check_minutes": 15,
    "round_minutes": 15, "late_entry_minutes": 10, "predose_max_age_minutes": 30, "rest_minutes": 5, "predose_systolic": 140,
    "predose_diastolic": 90, "high_systolic": 160, "high_diastolic": 100, "critical_systolic": 200, "critical_diastolic": 120, "low_spo2": 93,
    "critical_spo2": 90, "critical_moaas": 2, "visit_before_minutes": 30, "visit_after_minutes": 150, "signing_credentials": ["rn", "md"],
}  # fmt: skip


def test_the_default_is_good():
    assert policy_findings(GOOD) == []


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"minimum_watch_minutes": 119}, ["minimum_watch_minutes", "check_minutes"]),
        ({"minimum_watch_minutes": 180}, ["visit_after_minutes"]),
        ({"critical_systolic": 150}, ["critical_systolic"]),
        ({"critical_diastolic": 99}, ["critical_diastolic"]),
        ({"critical_spo2": 94}, ["critical_spo2"]),
        ({"check_minutes": [0, 60, 120]}, ["check_minutes"]),
        ({"signing_credentials": []}, ["signing_credentials"]),
        ({"signing_credentials": ["rn", "ma"]}, ["signing_credentials"]),
        ({"critical_moaas": 5}, ["critical_moaas"]),
        ({"both_to_sign": True, "second_factor": False}, ["both_to_sign"]),
        ({"both_to_sign": True, "second_factor": True}, []),
    ],
)
def test_what_a_version_must_hold(change, fields):
    assert [finding.field for finding in policy_findings({**GOOD, **change})] == fields


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds(name):
    lowest, highest = BOUNDS[name]
    assert bounds_findings({name: lowest}) == bounds_findings({name: highest}) == []
    assert bounds_findings({name: lowest - 1})[0].field == name
    assert bounds_findings({name: highest + 1})[0].field == name


@pytest.mark.parametrize(
    ("minutes", "good"),
    [
        ([0, 40, 120], True),
        ([0, 30, 60, 90, 120], True),
        ([], False),
        ([10, 40], False),
        ([0, 40, 40], False),
        ([0, 120, 40], False),
        ([0, 60], False),
        ([0, 40, 130], False),
        (list(range(0, 110, 5)), False),
    ],
)
def test_planned_checks(minutes, good):
    assert (check_findings(minutes, 120) == []) is good


@pytest.mark.parametrize(
    ("days", "taken", "good"), [(0, [], False), (-1, [], False), (1, [], True), (366, [], True), (367, [], False), (1, [1], False)]
)
def test_a_version_begins_on_a_coming_free_day(days, taken, good):
    found = start_findings(TODAY + timedelta(days=days), TODAY, [TODAY + timedelta(days=day) for day in taken])
    assert (found == []) is good


@pytest.mark.parametrize(("days", "good"), [(1, True), (0, False), (-5, False)])
def test_only_what_has_not_begun_is_taken_back(days, good):
    assert (withdrawal_findings(TODAY + timedelta(days=days), TODAY) == []) is good


def test_differences():
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 3}) == {"b": (2, 3)}
