"""Asks a worker after the commit; without a broker it is harmless, since beat looks again (ADR 5)."""

from contextlib import suppress

from celery import current_app
from kombu.exceptions import OperationalError

EXPIRES = 300


def publish(export_pk: int) -> None:
    with suppress(OperationalError):
        current_app.send_task("reports.tasks.build_export", args=[export_pk], expires=EXPIRES)
