"""Concurrent requests lose no update (sixty here; a thousand on both engines by `make soak`, which sets RACES)."""

import os

import pytest

from tests.cast import Cast
from tests.machine.races import run_races

RUNS = int(os.environ.get("RACES", "60"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(3600)
def test_no_update_is_lost(cast: Cast) -> None:
    run_races(cast, RUNS)
