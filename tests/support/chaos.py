"""Kills, stalls, floods, refusals and restarts at random while an outbox empties; tests/support/chaos_count.py counts what became of it."""

import json
import os
import random
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import redis
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from clinic import clock
from reminders.models import OutboxMessage
from sessions.models import TreatmentSession
from sessions.states import Status as VisitStatus
from tests.support.driver_load import one_more_device
from tests.support.stack import LiveStack
from tests.support.texting import Phones

Status = OutboxMessage.Status
DEAD_AFTER = timedelta(minutes=4)
# What waits for another try, or for a watch that lasts longer, is due within this.
LATER = timedelta(hours=1)
LONGEST = 5400.0
KINDS = ("worker", "worker", "worker", "beat", "web", "broker", "flush", "stall", "jump", "mail_refuses", "texts_break", "watches")


class Chaos:
    """One blow every few seconds. `until_sent` returns when nothing that is due waits any more."""

    def __init__(self, stack: LiveStack, phones: Phones, *, workers: tuple[str, ...], beats: tuple[str, ...], seed: int) -> None:
        self.stack, self.phones, self.workers, self.beats = stack, phones, workers, beats
        # Beside everything that dies, a web takes long to come up.
        stack.patience = 300
        self.chance = random.Random(seed)
        self.blows: Counter[str] = Counter()
        self.recoveries: list[tuple[float, str]] = []
        self.started = time.monotonic()
        self.restart_postgres = json.loads(os.environ.get("VIGIL_RESTART_POSTGRES", "[]"))

    def until_sent(self) -> None:
        deadline = time.monotonic() + LONGEST
        while self.ask(self.open_now):
            assert time.monotonic() < deadline, f"not done in {LONGEST:g} s: {self.blows}"
            time.sleep(self.chance.uniform(0.5, 3))
            before = self.gone()
            self.recover(before, self.strike())
        self.settle()

    def strike(self) -> str:
        kind = self.chance.choice([*KINDS, *(["postgres"] if self.restart_postgres else [])])
        self.blows[kind] += 1
        getattr(self, f"strike_{kind}")()
        return kind

    def strike_worker(self) -> None:
        self.replace(self.chance.choice(self.workers))

    def strike_beat(self) -> None:
        self.replace(self.chance.choice(self.beats))

    def strike_web(self) -> None:
        self.replace("web")

    def replace(self, name: str) -> None:
        self.stack.kill(name)
        self.stack.start(name)

    def strike_broker(self) -> None:
        self.stack.broker.stop()
        time.sleep(self.chance.uniform(0, 2))
        self.stack.broker.start()

    def strike_flush(self) -> None:
        with redis.Redis.from_url(self.stack.broker.url) as line:
            line.flushall()

    def strike_stall(self) -> None:
        """Two workers stand still in the middle of whatever they do."""
        stalled = self.chance.sample(self.workers, 2)
        for name in stalled:
            self.stack.pause(name)
        time.sleep(self.chance.uniform(1, 4))
        for name in stalled:
            self.stack.resume(name)

    def strike_jump(self) -> None:
        """One stands still until its leases have run out, and goes on as if nothing had happened."""
        name = self.chance.choice(self.workers)
        self.stack.pause(name)
        # It may hold SQLite's one lock: then nobody writes until it goes on, and there is no jump this time.
        with suppress(OperationalError):
            clock.move(DEAD_AFTER)
            time.sleep(2)
        self.stack.resume(name)

    def strike_mail_refuses(self) -> None:
        """The mail server says “later” for a moment."""
        self.stack.smtp.refuse_with("451 4.3.2 try later")
        time.sleep(self.chance.uniform(0.2, 1))
        self.stack.smtp.accept()

    def strike_texts_break(self) -> None:
        """The text provider fails, or takes a text and never answers."""
        self.phones.mood = self.chance.choice(["500", "429", "drop", "stall"])
        time.sleep(self.chance.uniform(0.2, 1))
        self.phones.mood = ""

    def strike_watches(self) -> None:
        """Some watches last longer than they did: a driver is told by the clock as it is, and never a second time."""
        with suppress(OperationalError):
            now = clock.now()
            watched = list(TreatmentSession.objects.filter(status=VisitStatus.MONITORING, starts_at__gt=now - timedelta(hours=6)).order_by("pk"))
            for visit in self.chance.sample(watched, min(3, len(watched))):
                one_more_device(visit, minutes=10, now=now)

    def strike_postgres(self) -> None:
        from tests.support.postgres import run

        connection.close()
        run(self.restart_postgres)

    def recover(self, before: int, kind: str) -> None:
        """How long until the next message goes, while any is due. A machine that itself stood still meanwhile counts for a second."""
        waited, last = 0.0, time.monotonic()
        while self.gone() == before and self.ask(self.due_now):
            assert waited < 180, f"nothing goes out for three minutes after {kind}: {self.blows}"
            time.sleep(0.1)
            now = time.monotonic()
            waited, last = waited + min(now - last, 1), now
        self.recoveries.append((waited, kind))

    def settle(self) -> None:
        """In peace: leases of the dead run out, what they had begun is sent again or flagged, and what was put off has its turn."""
        deadline = time.monotonic() + 600
        while True:
            clock.move(DEAD_AFTER)
            # Each beat sweeps once a second: what the moved clock asks for is written by then.
            time.sleep(2)
            while self.ask(self.open_now):
                assert time.monotonic() < deadline, "messages are left under way in peace"
                time.sleep(0.5)
            if not self.ask(self.open_soon):
                return

    def gone(self) -> int:
        return len(self.stack.smtp.messages) + len(self.phones.delivered)

    @staticmethod
    def due_now() -> bool:
        return OutboxMessage.objects.filter(status=Status.DUE, due_at__lte=clock.now()).exists()

    @staticmethod
    def open_now() -> bool:
        """Whether anything due is under way, or a reminder isn't even written."""
        due = OutboxMessage.objects.filter(status=Status.DUE, due_at__lte=clock.now())
        return due.exists() or OutboxMessage.objects.filter(status=Status.SENDING).exists() or not OutboxMessage.objects.exists()

    @staticmethod
    def open_soon() -> bool:
        return OutboxMessage.objects.filter(status=Status.DUE, due_at__lte=clock.now() + LATER).exists()

    def ask(self, question: object) -> bool:
        """The database may be just restarting."""
        for _ in range(60):
            with suppress(OperationalError, InterfaceError, DatabaseError):
                return bool(question())  # type: ignore[operator]
            connection.close()
            time.sleep(0.5)
        raise AssertionError("the database doesn't come back")
