"""The clocks of a session: the gate, the rest, the planned checks, the rounds, and the moves of its life (DOS-2, MON-1…MON-3)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.rules import clocks
from sessions.rules.clocks import CheckState, ClockPolicy
from sessions.rules.moves import ALLOWED, may_move
from sessions.states import Status
from tests.moment import NOW


def minutes(count):
    return timedelta(minutes=count)


POLICY = ClockPolicy(
    gate_from_last=True, checks_from_last=False, minimum_watch=minutes(120), check_minutes=(0, 40, 90, 120), grace=minutes(5), after=minutes(30),
    final_max_age=minutes(15), round_every=minutes(15), rest=minutes(5),
)  # fmt: skip
FIRST, LAST = NOW, NOW + minutes(10)


def states(at, done=(), policy=POLICY):
    checks = clocks.planned_checks(first_device_at=FIRST, last_device_at=LAST, policy=policy, done_minutes=done, now=NOW + minutes(at))
    return [str(check.state) for check in checks]


@pytest.mark.parametrize(("from_last", "expected"), [(True, 130), (False, 120)])
def test_the_gate_counts_from_the_device_that_the_site_chose(from_last, expected):
    policy = replace(POLICY, gate_from_last=from_last)
    assert clocks.gate_opens_at(first_device_at=FIRST, last_device_at=LAST, policy=policy) == NOW + minutes(expected)


def test_the_rest_is_five_minutes_from_the_last_device():
    assert clocks.rest_ends_at(last_device_at=LAST, policy=POLICY) == NOW + minutes(15)


@pytest.mark.parametrize(
    ("at", "done", "expected"),
    [
        (0, (), ["later", "later", "later"]),
        (34, (), ["later", "later", "later"]),
        (35, (), ["due", "later", "later"]),
        (45, (), ["due", "later", "later"]),
        (45.1, (), ["late", "later", "later"]),
        (89.9, (), ["late", "due", "later"]),
        (90, (), ["missed", "due", "later"]),
        (90, (40,), ["done", "due", "later"]),
        (126, (40, 90), ["done", "done", "late"]),
        (300, (40, 90), ["done", "done", "late"]),
        (300, (120,), ["missed", "missed", "done"]),
    ],
)
def test_the_states_of_the_planned_checks(at, done, expected):
    assert states(at, done) == expected


def test_checks_may_count_from_the_last_device():
    policy = replace(POLICY, checks_from_last=True)
    checks = clocks.planned_checks(first_device_at=FIRST, last_device_at=LAST, policy=policy, done_minutes=(), now=NOW)
    assert checks[0].due_at == NOW + minutes(50)
    assert not checks[0].is_late


def test_when_the_patient_has_gone_nothing_is_due():
    checks = clocks.planned_checks(first_device_at=FIRST, last_device_at=LAST, policy=POLICY, done_minutes=(40,), now=NOW + minutes(92))
    assert [str(check.state) for check in clocks.after_the_end(checks)] == ["done", "missed", "later"]


@pytest.mark.parametrize(
    ("at", "done", "last", "expected"),
    [
        (10, (), None, 40),
        (50, (), None, 40),
        (50, (40,), 41, 90),
        (130, (40, 90, 120), 121, 151),
        (130, (40, 90, 120), 119, 150),
        (130, (40, 90, 120), None, 150),
    ],
)
def test_the_next_check(at, done, last, expected):
    checks = clocks.planned_checks(first_device_at=FIRST, last_device_at=LAST, policy=POLICY, done_minutes=done, now=NOW + minutes(at))
    seen = None if last is None else NOW + minutes(last)
    assert clocks.next_check_due_at(checks=checks, last_observed_at=seen, policy=POLICY) == NOW + minutes(expected)


def test_without_a_plan_no_check_is_due():
    assert clocks.next_check_due_at(checks=[], last_observed_at=NOW, policy=POLICY) is None


def test_a_check_counts_as_a_round():
    assert clocks.next_round_due_at(first_device_at=FIRST, seen_at=[], policy=POLICY) == NOW + minutes(15)
    assert clocks.next_round_due_at(first_device_at=FIRST, seen_at=[NOW + minutes(20), NOW + minutes(5)], policy=POLICY) == NOW + minutes(35)


@given(st.integers(0, 400), st.sets(st.sampled_from([40, 90, 120])))
def test_a_check_that_was_taken_is_done_whatever_the_time(at, done):
    told = dict(zip((40, 90, 120), states(at, done), strict=True))
    assert {minute for minute, state in told.items() if state == CheckState.DONE} == done


@given(st.integers(0, 400), st.integers(0, 400), st.sets(st.sampled_from([40, 90, 120])))
def test_time_alone_never_makes_a_check_less_late(earlier, later, done):
    order = ["later", "due", "late", "missed"]
    first, second = sorted((earlier, later))
    for before, after in zip(states(first, done), states(second, done), strict=True):
        assert before == "done" or order.index(after) >= order.index(before)


@pytest.mark.parametrize("status", list(Status))
def test_every_state_may_be_voided_once(status):
    assert may_move(status, Status.VOIDED) is (status != Status.VOIDED)
    assert set(ALLOWED) == set(Status)


@pytest.mark.parametrize(
    ("here", "there", "may"),
    [
        ("booked", "arrived", True), ("booked", "discharged", False), ("monitoring", "discharged", True), ("dosing", "discharged", False),
        ("discharged", "monitoring", False), ("cleared", "dosing", True), ("cancelled", "booked", True), ("left", "arrived", False),
        ("arrived", "booked", False), ("dosing", "cleared", False),
    ],
)  # fmt: skip
def test_the_table_of_moves(here, there, may):
    assert may_move(here, there) is may
