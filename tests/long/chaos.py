"""`make chaos`: processes die, stall and lose their memory while messages go out. None lost unseen, none sent twice, no chain broken."""

import os
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

pytestmark = pytest.mark.timeout(14400)
MESSAGES = int(os.environ.get("MESSAGES", "1000"))
SEED = int(os.environ.get("SEED", "1"))
NEW_YORK = ZoneInfo("America/New_York")
# The reminders of the day before, the night in which the clocks go forward, and the reminders of the morning after it.
BEFORE_THE_NIGHT = datetime(2027, 3, 13, 9, 58, tzinfo=NEW_YORK)
VISITS_AT = datetime(2027, 3, 14, 12, tzinfo=NEW_YORK)
MORNING = datetime(2027, 3, 14, 8, 1, tzinfo=NEW_YORK)
# Ready at 2 hours: told from 75 minutes after it, in the middle of everything else.
DOSED_AGO = timedelta(minutes=78)
WORKERS, BEATS = ("worker", "worker2", "worker3", "worker4"), ("beat", "beat2", "beat3")


def test_kills_lose_nothing_unseen_and_send_nothing_twice(make_stack: StackMaker) -> None:
    # Each visit: an e-mail and, for every second patient, a text; the day before and in the morning. And a tenth of texts to drivers.
    drivers = max(MESSAGES // 20, 5)
    visits = (MESSAGES - 2 * drivers) // 3
    with running_phones() as phones:
        stack = make_stack("web", **phones.environment)
        stack.smtp.dead = {f"p{number}@patients.example" for number in range(0, visits, 50)}
        clock.move(BEFORE_THE_NIGHT - clock.now())
        site = book_many(visits, now=clock.now(), texts=True, starts_at=VISITS_AT, time_zone="America/New_York")
        watch_many(site, drivers, dosed_at=clock.now() - DOSED_AGO)
        stack.start(*WORKERS, *BEATS)
        chaos = Chaos(stack, phones, workers=WORKERS, beats=BEATS, seed=SEED)
        clock.move(BEFORE_THE_NIGHT.replace(hour=10, minute=1) - clock.now())
        chaos.until_sent()
        watch_many(site, drivers, dosed_at=MORNING - DOSED_AGO, first_number=drivers)
        clock.move(MORNING - clock.now())
        chaos.until_sent()
        found = count(chaos)
    print(f"\nseed {SEED}: {found}")
    assert found.arrived, "no message went out: the run proved nothing"
    assert not found.faults
    stack.manage("verify_audit")
