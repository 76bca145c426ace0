"""Numbers of a report in few characters."""

import pytest

from reports.rules.checks import DIGITS
from reports.templatetags.report_words import tallied


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((), ""),
        ((4,), "once 4"),
        ((8, 0, 8, 0, 0), "0 × 3, 8 × 2"),
        ((2, 2, 1, 1, 9, 3), "1 × 2, 2 × 2, once 3, 9"),
    ],
)
def test_values_by_how_often_they_occur(values: tuple[float, ...], said: str) -> None:
    assert tallied(values, DIGITS) == said
