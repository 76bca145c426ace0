"""The one text to who brings a patient home: when it goes, which time it tells, and when that is no longer true."""

from datetime import datetime, timedelta

# Late enough that the clock seldom changes afterwards, early enough to come.
DRIVER_LEAD = timedelta(minutes=45)
DRIVER_GRACE = timedelta(hours=2)
STEP = timedelta(minutes=5)


def told_time(*, ready_at: datetime, now: datetime) -> datetime:
    """“About”: the next five minutes after the watch ends, or after now where that has passed. Times are aware."""
    at = max(ready_at, now)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -((midnight - at) // STEP) * STEP


def has_changed(*, told_at: datetime, sent_at: datetime, ready_at: datetime) -> bool:
    """Whether they would be told another time by the clock as it is now: ten minutes or more either way."""
    return abs(told_time(ready_at=ready_at, now=sent_at) - told_at) > STEP
