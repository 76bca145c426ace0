"""A session that is still open past closing or midnight (PMF-1)."""

from datetime import datetime


def open_too_long_at(*, closing_at: datetime | None, day_ends_at: datetime) -> datetime:
    """From when an open session of a day is a finding: the day's closing, or the midnight of a day on which the site is closed."""
    return day_ends_at if closing_at is None else closing_at
