"""Which presses are one, and how an emergency may end (MON-5)."""

from datetime import timedelta

import pytest

from sessions.rules.emergency import end_findings, is_same_press, is_told
from tests.cast import NOW


def seconds(count):
    return timedelta(seconds=count)


@pytest.mark.parametrize(("ago", "is_same"), [(0, True), (60, True), (61, False), (-1, False)])
def test_a_press_within_a_minute_is_the_same(ago, is_same):
    assert is_same_press(pressed_at=NOW - seconds(ago), now=NOW) is is_same


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ({}, []),
        ({"outcome": "transferred"}, []),
        ({"outcome": "false_alarm", "reason": "Sleeve caught the tablet"}, []),
        ({"outcome": "false_alarm"}, ["MON-5.reason"]),
        ({"outcome": "other", "reason": " "}, ["MON-5.reason"]),
        ({"ended_at": NOW + seconds(1)}, ["MON-5.future"]),
        ({"ended_at": NOW - seconds(400)}, ["MON-5.before"]),
        # Typed in whole minutes: the minute of the press itself is no time before it.
        ({"ended_at": (NOW - seconds(290)).replace(second=0)}, []),
    ],
)
def test_how_it_may_end(told, codes):
    known = {"outcome": "settled", "reason": "", "ended_at": NOW, "pressed_at": NOW - seconds(290), "now": NOW}
    assert [finding.code for finding in end_findings(**(known | told))] == codes


@pytest.mark.parametrize(
    ("outcome", "kinds", "is_whole"), [("settled", ["called"], False), ("settled", ["what"], True), ("false_alarm", [], True), ("", [], False)]
)
def test_the_record_is_whole_when_somebody_has_told(outcome, kinds, is_whole):
    assert is_told(outcome=outcome, kinds=kinds) is is_whole
