"""An emergency read of another site's chart: how long it lasts, and until when its own site reviews it (SET-10)."""

from datetime import datetime, timedelta

LASTS = timedelta(minutes=60)
REVIEW_WITHIN = timedelta(hours=72)


def ends_at(opened_at: datetime) -> datetime:
    """It ends by itself."""
    return opened_at + LASTS


def review_due_at(opened_at: datetime) -> datetime:
    return opened_at + REVIEW_WITHIN


def is_overdue(*, opened_at: datetime, is_reviewed: bool, now: datetime) -> bool:
    """Red from 72 hours on."""
    return not is_reviewed and now > review_due_at(opened_at)
