"""Kills, stalls, floods and restarts at random while an outbox empties, and the count afterwards."""

import json
import os
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import redis
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from clinic import clock
from reminders.models import OutboxMessage
from sessions.models import TreatmentSession
from tests.support.stack import LiveStack
from tests.support.texting import Phones

Status = OutboxMessage.Status
DEAD_AFTER = timedelta(minutes=4)
LONGEST = 3600.0


@dataclass
class Count:
    """What became of every message. `lost` are those that neither arrived nor are shown to a person."""

    owed: int
    visits_owed: int
    arrived: int
    lost: int
    doubled: int
    flagged: int
    flagged_texts: int
    failed: int
    waiting: int
    blows: dict[str, int]
    seconds: float
    slowest_recovery: float


class Chaos:
    """One blow every few seconds. `until_sent` returns when nothing that is due waits any more."""

    def __init__(self, stack: LiveStack, phones: Phones, *, workers: tuple[str, ...], beats: tuple[str, ...], seed: int) -> None:
        self.stack, self.phones, self.workers, self.beats = stack, phones, workers, beats
        self.chance = random.Random(seed)
        self.blows: Counter[str] = Counter()
        self.recoveries: list[float] = []
        self.started = time.monotonic()
        self.restart_postgres = json.loads(os.environ.get("VIGIL_RESTART_POSTGRES", "[]"))

    def until_sent(self) -> None:
        deadline = time.monotonic() + LONGEST
        while self.ask(self.open_now):
            assert time.monotonic() < deadline, f"not done in {LONGEST:g} s: {self.blows}"
            time.sleep(self.chance.uniform(0.5, 3))
            before = self.gone()
            self.strike()
            self.recover(before)
        self.settle()

    def strike(self) -> None:
        kinds = ["worker", "worker", "worker", "beat", "web", "broker", "flush", "stall", "jump", *(["postgres"] if self.restart_postgres else [])]
        kind = self.chance.choice(kinds)
        self.blows[kind] += 1
        getattr(self, f"strike_{kind}")()

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

    def strike_postgres(self) -> None:
        from tests.support.postgres import run

        connection.close()
        run(self.restart_postgres)

    def recover(self, before: int) -> None:
        """How long until the next message goes, while any is due."""
        began = time.monotonic()
        while self.gone() == before and self.ask(self.due_now):
            if time.monotonic() - began > 120:
                raise AssertionError(f"nothing goes out for two minutes after {self.blows}")
            time.sleep(0.1)
        self.recoveries.append(time.monotonic() - began)

    def settle(self) -> None:
        """In peace: leases of the dead run out, and what they had begun is sent again or flagged."""
        clock.move(DEAD_AFTER)
        deadline = time.monotonic() + 180
        while self.ask(self.open_now):
            assert time.monotonic() < deadline, "messages are left under way in peace"
            time.sleep(0.5)

    def gone(self) -> int:
        return len(self.stack.smtp.messages) + len(self.phones.delivered)

    @staticmethod
    def due_now() -> bool:
        return OutboxMessage.objects.filter(status=Status.DUE, due_at__lte=clock.now()).exists()

    @staticmethod
    def open_now() -> bool:
        """Whether anything due is under way, or a reminder isn't even written."""
        return (
            OutboxMessage.objects.filter(status__in=[Status.DUE, Status.SENDING], due_at__lte=clock.now()).exists()
            or not OutboxMessage.objects.exists()
        )

    def ask(self, question: object) -> bool:
        """The database may be just restarting."""
        for _ in range(60):
            with suppress(OperationalError, InterfaceError, DatabaseError):
                return bool(question())  # type: ignore[operator]
            connection.close()
            time.sleep(0.5)
        raise AssertionError("the database doesn't come back")

    def count(self) -> Count:
        mails = Counter(str(message["Message-ID"]).strip("<>").partition("@")[0] for message in self.stack.smtp.messages)
        texts = Counter(text["key"] for text in self.phones.delivered)
        arrived = mails + texts
        rows = list(OutboxMessage.objects.filter(kind__in=["day_before", "morning"]).exclude(status=Status.DUE, due_at__gt=clock.now()))
        states = Counter(row.status for row in rows)
        shown = {Status.FAILED, Status.UNKNOWN, Status.WITHDRAWN}
        unaccounted = sum(row.key not in arrived and row.status not in shown for row in rows)
        by_nobody = len(set(arrived) - {row.key for row in rows})
        visits = TreatmentSession.objects.count()
        return Count(
            owed=len(rows), visits_owed=2 * (visits + visits // 2), arrived=len(arrived), lost=unaccounted + by_nobody,
            doubled=sum(times > 1 for times in arrived.values()), flagged=states[Status.UNKNOWN],
            flagged_texts=sum(row.status == Status.UNKNOWN and row.channel == "text" for row in rows), failed=states[Status.FAILED],
            waiting=states[Status.DUE] + states[Status.SENDING], blows=dict(self.blows), seconds=round(time.monotonic() - self.started),
            slowest_recovery=round(max(self.recoveries, default=0), 1),
        )  # fmt: skip
