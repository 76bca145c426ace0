"""One dosed day, one authorisation: overlapping ones are never both used up by it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.rules.authorisations import Grant, carrier, drawn

DAY = date(2026, 6, 1)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


LONG, SHORT, LATER = Grant(on(0), on(60), 4), Grant(on(0), on(10), 2), Grant(on(20), on(90), 3)


@pytest.mark.parametrize(
    ("grants", "days", "used"),
    [
        ([LONG, SHORT], [1, 4], [0, 2]),
        ([LONG, SHORT], [1, 4, 8, 11], [2, 2]),
        ([LONG, SHORT, LATER], [30, 1, 40, 4], [2, 2, 0]),
        ([SHORT], [1, 4, 8], [3]),
        ([SHORT, SHORT._replace(granted=1)], [1, 2, 3, 4], [2, 2]),
        ([SHORT], [-1, 11], [0]),
        ([], [1], []),
    ],
    ids=["the one that ends first", "then the other", "by their dates", "overdrawn shows", "both overdrawn", "outside of its dates", "none"],
)
def test_which_one_carries_a_day(grants: list[Grant], days: list[int], used: list[int]) -> None:
    assert [one.used for one in drawn(grants, map(on, days))] == used


spans = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 5)).map(lambda one: Grant(on(min(one[:2])), on(max(one[:2])), one[2]))


@given(st.lists(spans, max_size=5), st.sets(st.integers(0, 31), max_size=20))
def test_every_covered_day_is_counted_once_and_none_is_overdrawn_while_another_has_some_left(grants: list[Grant], days: set[int]) -> None:
    result = drawn(grants, map(on, days))
    covered = [day for day in map(on, days) if any(one.from_on <= day <= one.until_on for one in grants)]
    assert sum(one.used for one in result) == len(covered)
    place = carrier(result, on(15))
    if place is not None and result[place].left <= 0:
        assert all(one.left <= 0 for one in result if one.from_on <= on(15) <= one.until_on)
