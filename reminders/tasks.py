"""Celery's shells around the outbox: they ask the clock and make one call; the truth lives in the database."""

import time
from collections import Counter
from contextlib import suppress

from celery import shared_task
from kombu.exceptions import OperationalError

from clinic import clock, scope
from clinic.queries.shares import shares
from reminders.actions import balancing
from reminders.actions import send as sending
from reminders.actions import sweep as sweeping
from reminders.queries.work import PARTS, work_by_site

# Below the task's soft limit with a whole batch's patience to spare.
SECONDS = 50


@shared_task
@scope.closed()
def sweep() -> dict[str, int]:
    """Of one site after the other, round after round while a round was full."""
    done: Counter[str] = Counter()
    until = time.monotonic() + SECONDS
    sweeping.note_round(now=clock.now())
    for parts in shares(lambda: work_by_site(clock.now()), everything=PARTS):
        while True:
            found = sweeping.sweep(now=clock.now(), parts=parts)
            done.update(found)
            if found["created"] < sweeping.BATCH or time.monotonic() > until:
                break
    return dict(done)


@shared_task
@scope.closed()
def send() -> dict[str, int]:
    """Batch after batch until nothing is due or the time is up. A full batch means more: one more worker is asked to join."""
    done: Counter[str] = Counter()
    until, has_asked = time.monotonic() + SECONDS, False
    while batch := sending.send_due(now=clock.now()):
        done.update(batch)
        if not has_asked and sum(batch.values()) == sending.BATCH:
            has_asked = True
            ask_another()
        if time.monotonic() > until:
            break
    return dict(done)


@shared_task
@scope.closed()
def balance() -> None:
    balancing.check_balance(now=clock.now())


def ask_another() -> None:
    """Worthless without a broker, and harmless: beat asks again anyway."""
    with suppress(OperationalError):
        send.apply_async(expires=SECONDS)
