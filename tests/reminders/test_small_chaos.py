"""A small `make chaos` in the suite: two workers and two beats die, stall and lose the broker's memory while messages go out."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic import clock
from tests.support.chaos import Chaos
from tests.support.chaos_count import count
from tests.support.driver_load import watch_many
from tests.support.fixtures import StackMaker
from tests.support.outbox_load import book_many
from tests.support.texting import running_phones

pytestmark = pytest.mark.stack
NOON = datetime(2027, 6, 9, 12, tzinfo=ZoneInfo("America/New_York"))


def test_kills_lose_nothing_unseen_and_send_nothing_twice(make_stack: StackMaker) -> None:
    with running_phones() as phones:
        stack = make_stack("web", **phones.environment)
        clock.move(NOON - clock.now())
        site = book_many(12, now=clock.now(), texts=True, starts_at=NOON + timedelta(hours=25), time_zone="America/New_York")
        watch_many(site, 3, dosed_at=NOON - timedelta(minutes=80))
        stack.smtp.dead = {"p0@patients.example"}
        stack.start("worker", "worker2", "beat", "beat2")
        chaos = Chaos(stack, phones, workers=("worker", "worker2"), beats=("beat", "beat2"), seed=7)
        for blow in (chaos.strike_worker, chaos.strike_flush, chaos.strike_watches, chaos.strike_jump, chaos.strike_broker):
            blow()
        chaos.settle()
        found = count(chaos)
    assert (found.owed, found.drivers, found.refused, found.faults) == (21, 3, 1, {})
    assert found.arrived - found.flagged_that_arrived + found.flagged + found.refused == found.owed
