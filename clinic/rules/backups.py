"""When the next backup and the next drill are due, when one is late, and which old files may go."""

from collections.abc import Mapping
from datetime import datetime, timedelta

DAY = timedelta(days=1)
DRILL_EVERY = timedelta(days=7)
# Two hours for the run itself and for a worker that was down at the hour.
BACKUP_LATE_AFTER = timedelta(hours=26)
DRILL_LATE_AFTER = timedelta(days=8)
TRY_AGAIN_AFTER = timedelta(hours=1)
# Longer than any run may take (clinic/tasks.py): whatever still says that it runs was cut off.
LOST_AFTER = timedelta(hours=3)
# However old, so many of the newest are never thrown away: a clinic whose backups have stopped keeps those it has.
ALWAYS_KEPT = 7


def last_hour(now: datetime, hour: int) -> datetime:
    """The latest passing of the hour (UTC) at which the daily backup is made."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= now else today - DAY


def backup_is_due(*, last_good: datetime | None, last_tried: datetime | None, hour: int, now: datetime) -> bool:
    """None since the hour of the day has passed; a failed one is tried again after an hour."""
    if last_good is not None and last_good >= last_hour(now, hour):
        return False
    return last_tried is None or last_tried == last_good or now - last_tried >= TRY_AGAIN_AFTER


def drill_is_due(*, last_good: datetime | None, last_tried: datetime | None, now: datetime) -> bool:
    if last_good is not None and now - last_good < DRILL_EVERY:
        return False
    return last_tried is None or last_tried == last_good or now - last_tried >= DAY


def is_late(last_good: datetime | None, now: datetime, after: timedelta) -> bool:
    """None at all is late too."""
    return last_good is None or now - last_good > after


def is_lost(started_at: datetime, now: datetime) -> bool:
    return now - started_at >= LOST_AFTER


def thrown_away(made: Mapping[str, datetime], *, now: datetime, keep_days: int) -> list[str]:
    """Of files by name with the time of each: those past their days, oldest first, the newest always excepted."""
    oldest_first = sorted(made, key=lambda name: (made[name], name))
    return [name for name in oldest_first[:-ALWAYS_KEPT] if now - made[name] > timedelta(days=keep_days)]
