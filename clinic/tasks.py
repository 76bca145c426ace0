"""Celery's shell around the anchors: it asks the clock and makes one call."""

from celery import shared_task

from clinic import clock
from clinic.actions import anchoring


@shared_task
def anchor() -> dict[str, int]:
    return anchoring.anchor(now=clock.now())
