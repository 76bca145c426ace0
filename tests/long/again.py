"""The days of a soak's failure once more: `DAYS=… AIMS=… pytest tests/long/again.py -s`, both as the failure said them."""

import json
import os

import pytest

from tests.machine.machine import run_some_days
from tests.machine.world import make_world

pytestmark = pytest.mark.timeout(3600)


@pytest.mark.django_db
def test_these_days_again() -> None:
    aims = tuple(tuple(aim) if isinstance(aim, list) else aim for aim in json.loads(os.environ["AIMS"]))
    run_some_days(make_world(), int(os.environ["DAYS"]), aims)
