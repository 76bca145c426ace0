"""Celery's shells around the outbox: they ask the clock and make one call; the truth lives in the database."""

from celery import shared_task

from clinic import clock
from reminders.actions import send as sending
from reminders.actions import sweep as sweeping


@shared_task
def sweep() -> dict[str, int]:
    return sweeping.sweep(now=clock.now())


@shared_task
def send() -> dict[str, int]:
    return sending.send_due(now=clock.now())
