"""Counts how tasks end, where they ran: a worker has no page that a monitor could ask."""

import logging
from datetime import datetime

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from clinic.models import TaskTally

log = logging.getLogger(__name__)


def count_task(task: str, outcome: TaskTally.Outcome, *, now: datetime) -> None:
    """One more. A count is never worth a failed task: without a database it is lost, with a line in the log."""
    try:
        if not more(task, outcome, now):
            first(task, outcome, now)
    except DatabaseError:
        log.warning("The end of a task could not be counted.")


def more(task: str, outcome: TaskTally.Outcome, now: datetime) -> int:
    return TaskTally.objects.filter(task=task, outcome=outcome).update(count=F("count") + 1, last_at=now)


def first(task: str, outcome: TaskTally.Outcome, now: datetime) -> None:
    """Two workers may meet at a task's very first end: the later one adds to the other's row."""
    try:
        with transaction.atomic():
            TaskTally.objects.create(task=task, outcome=outcome, count=1, last_at=now)
    except IntegrityError:
        more(task, outcome, now)
