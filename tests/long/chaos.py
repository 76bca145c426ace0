"""`make chaos`: processes die at random while reminders go out. Nothing may be lost, nothing sent twice, no chain broken."""

import os
import random
import time
from collections import Counter
from datetime import timedelta

import pytest

from clinic import clock
from patients.models import Patient
from reminders.models import OutboxMessage
from tests.factories.sessions import SessionFactory
from tests.support.stack import LiveStack

pytestmark = pytest.mark.timeout(7200)
SECONDS = int(os.environ.get("SECONDS", "300"))
VICTIMS = ("worker", "worker", "worker", "beat", "web", "broker")


def book_visits() -> int:
    """Visits of the coming days for everybody who may be written to: rows alone, a minute apart, in one chair of each site."""
    now = clock.now()
    patients = Patient.objects.filter(may_email=True, status=Patient.Status.ACTIVE, courses__orders__isnull=False).exclude(email="").distinct()
    visits = [
        SessionFactory(
            patient=patient, chair=patient.site.chairs.order_by("pk").first(), starts_at=now + timedelta(days=day, minutes=number), booked_at=now
        )
        for day in (1, 2, 3, 4)
        for number, patient in enumerate(patients)
    ]
    return len(visits)


def kill_one(stack: LiveStack, chance: random.Random) -> str:
    victim = chance.choice(VICTIMS)
    if victim == "broker":
        stack.broker.stop()
        time.sleep(chance.uniform(0, 2))
        stack.broker.start()
        return victim
    stack.kill(victim)
    stack.start(victim)
    return victim


def test_kills_lose_nothing_and_send_nothing_twice(demo_stack: LiveStack) -> None:
    chance = random.Random(int(os.environ.get("SEED", "1")))
    killed: Counter[str] = Counter()
    booked = book_visits()
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        demo_stack.move_clock(timedelta(hours=chance.choice((1, 3, 6))))
        time.sleep(chance.uniform(2, 8))
        killed[kill_one(demo_stack, chance)] += 1
    let_leases_run_out(demo_stack)

    rows = Counter(OutboxMessage.objects.values_list("status", flat=True))
    arrived = Counter((message["X-Envelope-To"], message["Message-ID"]) for message in demo_stack.smtp.messages)
    print(f"\nbooked {booked}; killed {dict(killed)}; outbox {dict(rows)}; arrived {sum(arrived.values())}")
    assert arrived, "no message went out: the run proved nothing"
    assert max(arrived.values()) == 1, "a message was sent twice"
    assert sum(arrived.values()) >= rows["sent"], "a message counts as sent and never arrived"
    assert sum(arrived.values()) <= rows["sent"] + rows["unknown"], "a message arrived that nobody knows of"
    demo_stack.manage("verify_audit")
    demo_stack.manage("verify_signatures")


def let_leases_run_out(stack: LiveStack) -> None:
    """In peace now: what was being sent when its worker died becomes sent or unclear, never forgotten."""
    stack.move_clock(timedelta(hours=1))
    stack.wait_until(lambda: not OutboxMessage.objects.filter(status="sending").exists(), seconds=120)
