"""Which moment a time on a wall clock means (MON-7): today's, or last night's just after midnight."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT = timedelta(hours=12)


def moment_of(wall: time, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that a person means who types a wall-clock time in the site's zone.

    The latest one that isn't after `now`; of an hour told twice in autumn the later one. A time ahead of now stays in the
    future (and is refused by its rule) unless it lay less than twelve hours back yesterday: then it was last night.
    """
    today = now.astimezone(zone).date()
    told = {datetime.combine(today, wall, tzinfo=zone).replace(fold=fold).astimezone(now.tzinfo) for fold in (0, 1)}
    past = [moment for moment in told if moment <= now]
    if past:
        return max(past)
    yesterday = datetime.combine(today - timedelta(days=1), wall, tzinfo=zone).astimezone(now.tzinfo)
    return yesterday if now - yesterday < NIGHT else min(told)
