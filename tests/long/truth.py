"""`make soak`: many random histories, each judged by the reports and by the dull code; the same law as tests/reports/test_naive.py."""

import os

import pytest
from hypothesis import given, settings

from tests.cast import Cast
from tests.reports.test_naive import ages, days, law, seeds, sizes, weighed, zones

HISTORIES = int(os.environ.get("HISTORIES", "2000"))


@pytest.mark.timeout(24 * 3600)
def test_reports_and_dull_code_agree_on_many_histories(cast: Cast) -> None:
    @settings(law, max_examples=HISTORIES)
    @given(seeds, days, zones, ages, sizes)
    def on_any_history(seed: int, day: object, zone: str, age: int, size: int) -> None:
        weighed(cast, seed=seed, day=day, zone=zone, age=age, size=size)  # type: ignore[arg-type]

    on_any_history()
