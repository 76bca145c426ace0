"""Celery's shell around the watchman: it asks the clock and makes one call."""

from celery import shared_task

from clinic import clock, scope
from sessions.actions.watchman import make_round


@shared_task
@scope.closed()
def watch() -> dict[str, int]:
    return make_round(now=clock.now())
