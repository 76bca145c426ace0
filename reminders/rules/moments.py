"""When a message may go and from when it helps nobody: pure functions in the patient's zone (MSG-3, MSG-5)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_UNTIL = time(8, 0)
QUIET_FROM = time(21, 0)
BEFORE_AT = time(10, 0)
MORNING_AT = time(8, 0)
AFTER_AT = time(10, 0)
LEAST_NOTICE = timedelta(hours=3)
MORNING_NOTICE = timedelta(hours=1)
NEWS_FOR = timedelta(days=2)
ANSWER_FOR = timedelta(hours=2)
# From the earliest message about a visit (10 am three days before, a night visit, the autumn's extra hour) to the visit.
HORIZON = timedelta(days=3, hours=15)


@dataclass(frozen=True)
class Hours:
    """When patients may be written to: the law's hours, or narrower ones that the site has set (MSG-3)."""

    begin: time = QUIET_UNTIL
    end: time = QUIET_FROM


LAWFUL = Hours()


def is_quiet(at: datetime, zone: ZoneInfo, hours: Hours = LAWFUL) -> bool:
    """Whether a patient must not be written to at that moment (MSG-3: 8 am to 9 pm in their zone)."""
    local = at.astimezone(zone).time()
    return not hours.begin <= local < hours.end


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time of a day as UTC. An hour that the spring change skips becomes the one after it."""
    wall = datetime.combine(day, at, tzinfo=zone)
    return wall.astimezone(UTC).astimezone(zone).astimezone(UTC)


def next_allowed(at: datetime, zone: ZoneInfo, hours: Hours = LAWFUL) -> datetime:
    """The first moment from `at` on that isn't quiet (MSG-3)."""
    if not is_quiet(at, zone, hours):
        return at
    local = at.astimezone(zone)
    day = local.date() if local.time() < hours.begin else local.date() + timedelta(days=1)
    return local_moment(day, hours.begin, zone)


def days_before(*, starts_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Ten o'clock in the patient's zone, so many days before the visit's day there (MSG-5)."""
    return local_moment(starts_at.astimezone(zone).date() - timedelta(days=days), BEFORE_AT, zone)


def day_before_due_at(*, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """When the reminder of the day before is due (MSG-5)."""
    return days_before(starts_at=starts_at, days=1, zone=zone)


def morning_due_at(*, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Eight o'clock on the visit's day in the patient's zone."""
    return local_moment(starts_at.astimezone(zone).date(), MORNING_AT, zone)


def day_after_due_at(*, ended_at: datetime, zone: ZoneInfo) -> datetime:
    """Ten o'clock on the day after the visit in the patient's zone."""
    return local_moment(ended_at.astimezone(zone).date() + timedelta(days=1), AFTER_AT, zone)


def useless_from(*, starts_at: datetime) -> datetime:
    """From when on the reminder of the day before helps nobody: the patient is on the way."""
    return starts_at - LEAST_NOTICE
