"""When a sign-in is open, locked, over; whose limits are the strictest."""

from datetime import timedelta

import pytest

from clinic.rules.locking import Limits, SignIn, Standing, strictest
from tests.moment import NOW

M = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("began", "acted", "is_locked", "standing"),
    [
        (0, 0, False, Standing.OPEN),
        (600, 9.99, False, Standing.OPEN),
        (600, 10, False, Standing.LOCKED),
        (600, 1, True, Standing.LOCKED),
        (720, 0, False, Standing.OVER),
        (720, 0, True, Standing.OVER),
        (719, 500, False, Standing.LOCKED),
        (-5, -5, False, Standing.OPEN),
    ],
)
def test_standing_by_the_minutes_since_its_beginning_and_its_last_act(began, acted, is_locked, standing) -> None:
    sign_in = SignIn(NOW - began * M, NOW - acted * M, Limits(), is_locked)
    assert sign_in.standing(NOW) is standing


@pytest.mark.parametrize(("began", "acted", "left"), [(0, 0, 10), (60, 4, 6), (717, 1, 3)])
def test_what_is_left(began, acted, left) -> None:
    assert SignIn(NOW - began * M, NOW - acted * M, Limits()).left(NOW) == left * M


@pytest.mark.parametrize(("seconds", "noted"), [(0, False), (29, False), (30, True), (-1, True)])
def test_an_act_is_noted_once_in_half_a_minute(seconds, noted) -> None:
    assert SignIn(NOW, NOW - timedelta(seconds=seconds), Limits()).is_worth_noting(NOW) is noted


def test_the_strictest_of_several_sites() -> None:
    limits = [Limits(5 * M, 600 * M), Limits(20 * M, 480 * M)]
    assert strictest(limits) == Limits(5 * M, 480 * M)
    assert strictest([]) == Limits(10 * M, 720 * M)
