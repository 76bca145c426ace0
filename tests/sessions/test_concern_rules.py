"""From when a thing waits for somebody: plain values (MON-6, SET-4, DEV-3)."""

from datetime import timedelta

import pytest

from sessions.rules import concerns as rules
from tests.moment import NOW


def minutes(count):
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("facts", "since"),
    [
        ({"tier": "critical"}, NOW),
        ({"tier": "high"}, NOW + minutes(2)),
        ({"tier": "critical", "acknowledged_at": NOW}, None),
    ],
)
def test_from_when_an_alert_waits(facts, since):
    assert rules.alert_waits_since(**({"raised_at": NOW, "acknowledged_at": None} | facts)) == since


@pytest.mark.parametrize(
    ("facts", "is_missing"),
    [({}, True), ({"has_visits": False}, False), ({"is_opened": True}, False), ({"opens_at": None}, False), ({"opens_at": NOW + minutes(1)}, False)],
)
def test_when_an_opening_is_missing(facts, is_missing):
    assert rules.opening_is_missing(**({"has_visits": True, "opens_at": NOW, "is_opened": False, "now": NOW} | facts)) is is_missing


@pytest.mark.parametrize(
    ("facts", "is_missing"),
    [
        ({}, True), ({"is_opened": False}, False), ({"is_closed": True}, False), ({"closes_at": NOW + minutes(1)}, False),
        ({"closes_at": None}, False), ({"closes_at": None, "day_is_over": True}, True),
    ],
)  # fmt: skip
def test_when_a_closing_is_missing(facts, is_missing):
    assert (
        rules.closing_is_missing(**({"closes_at": NOW, "is_opened": True, "is_closed": False, "day_is_over": False, "now": NOW} | facts))
        is is_missing
    )


@pytest.mark.parametrize(("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_a_list_in_words(words, text):
    assert rules.listed(words) == text
