"""Which readings call somebody, how loudly, and what ends it (MON-5, MON-6); no database."""

from datetime import timedelta

import pytest

from sessions.rules.alerts import (
    ESCALATES_AFTER,
    REPEAT_AFTER,
    URGENT_SIGNS,
    Beyond,
    Limits,
    Tier,
    beyond_limits,
    calls_prescriber,
    is_bad_repeat,
    is_good_repeat,
    repeat_due_at,
    still_beyond,
)
from tests.moment import NOW

LIMITS = Limits(high_systolic=160, high_diastolic=100, critical_systolic=200, critical_diastolic=120, low_spo2=93, critical_spo2=90, critical_moaas=2)
HIGH = Beyond("pressure", Tier.HIGH, "Pressure 170/90, above 160/100")


def found(values, signs=()):
    return [(beyond.what, str(beyond.tier)) for beyond in beyond_limits(values, signs, LIMITS)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"systolic": 160, "diastolic": 100}, []),
        ({"systolic": 161, "diastolic": 80}, [("pressure", "high")]),
        ({"systolic": 120, "diastolic": 101}, [("pressure", "high")]),
        ({"systolic": 200, "diastolic": 120}, [("pressure", "high")]),
        ({"systolic": 201, "diastolic": 80}, [("pressure", "critical")]),
        ({"systolic": 150, "diastolic": 121}, [("pressure", "critical")]),
        ({"systolic": None, "diastolic": 121}, [("pressure", "critical")]),
        ({"systolic": 161, "diastolic": None}, [("pressure", "high")]),
        ({"spo2": 93}, []),
        ({"spo2": 92}, [("spo2", "high")]),
        ({"spo2": 90}, [("spo2", "high")]),
        ({"spo2": 89}, [("spo2", "critical")]),
        ({"sedation": 3}, []),
        ({"sedation": 2}, [("sedation", "critical")]),
        ({"sedation": 0}, [("sedation", "critical")]),
        ({"breathing": "normal"}, []),
        ({"breathing": "shallow"}, [("breathing", "high")]),
        ({"breathing": "laboured"}, [("breathing", "critical")]),
        ({"systolic": 170, "diastolic": 90, "spo2": 88}, [("spo2", "critical"), ("pressure", "high")]),
    ],
)
def test_readings_beyond_the_limits(values, expected):
    assert found(values) == expected


@pytest.mark.parametrize("sign", [sign for sign, _ in URGENT_SIGNS])
def test_every_urgent_sign_is_critical(sign):
    assert found({}, [sign]) == [(sign, "critical")]


def test_an_unknown_sign_says_nothing():
    assert found({}, ["hiccups"]) == []


def test_the_same_again_goes_to_the_prescriber():
    assert still_beyond(HIGH, ["spo2"]) is HIGH
    assert still_beyond(HIGH, ["pressure"]).text.endswith("again: tell the prescriber")
    critical = Beyond("pressure", Tier.CRITICAL, "Pressure 210/90")
    assert still_beyond(critical, ["pressure"]) is critical


@pytest.mark.parametrize(
    ("what", "values", "still", "expected"),
    [
        ("pressure", {"systolic": 140, "diastolic": 90}, [], True),
        ("pressure", {"systolic": 140, "diastolic": None}, [], False),
        ("pressure", {"systolic": 170, "diastolic": 90}, [HIGH], False),
        ("spo2", {"spo2": 97}, [HIGH], True),
        ("spo2", {"spo2": None}, [], False),
        ("sedation", {"sedation": 5}, [], True),
        ("breathing", {"breathing": ""}, [], False),
        ("breathing", {"breathing": "normal"}, [], True),
        ("chest_pain", {"systolic": 120, "diastolic": 80, "spo2": 98}, [], False),
    ],
)
def test_only_an_obtained_good_repeat_closes(what, values, still, expected):
    assert is_good_repeat(what, values, still) is expected


def test_high_asks_for_a_repeat_in_five_minutes_critical_does_not_wait():
    assert repeat_due_at(HIGH, NOW) == NOW + timedelta(minutes=5)
    assert repeat_due_at(Beyond("spo2", Tier.CRITICAL, ""), NOW) is None


@pytest.mark.parametrize(
    ("alert", "is_called"),
    [
        ({"tier": "critical"}, True),
        ({"repeat_due_at": NOW}, False),
        ({"repeat_due_at": NOW - ESCALATES_AFTER}, False),
        ({"repeat_due_at": NOW - ESCALATES_AFTER - timedelta(seconds=1)}, True),
        ({"escalated_at": NOW, "repeat_due_at": NOW + REPEAT_AFTER}, True),
        ({}, False),
    ],
)
def test_when_the_prescriber_is_called(alert, is_called):
    assert calls_prescriber(**({"tier": "high", "repeat_due_at": None, "escalated_at": None} | alert), now=NOW) is is_called


@pytest.mark.parametrize(("what", "seen_ago", "is_bad"), [("pressure", 5, True), ("pressure", -5, False), ("spo2", 5, False)])
def test_a_bad_repeat_comes_after_what_it_repeats(what, seen_ago, is_bad):
    assert is_bad_repeat("pressure", NOW, [(what, NOW - timedelta(minutes=seen_ago))]) is is_bad
