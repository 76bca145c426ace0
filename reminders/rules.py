"""When a message may go, and how long to wait after a failure: pure functions in the patient's zone (MSG-3, MSG-5)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_UNTIL = time(8, 0)
QUIET_FROM = time(21, 0)
DAY_BEFORE_AT = time(10, 0)
LEAST_NOTICE = timedelta(hours=3)
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)


def is_quiet(at: datetime, zone: ZoneInfo) -> bool:
    """Whether a patient must not be written to at that moment (MSG-3: 8 am to 9 pm in their zone)."""
    local = at.astimezone(zone).time()
    return not QUIET_UNTIL <= local < QUIET_FROM


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time of a day as UTC. An hour that the spring change skips becomes the one after it."""
    wall = datetime.combine(day, at, tzinfo=zone)
    return wall.astimezone(UTC).astimezone(zone).astimezone(UTC)


def next_allowed(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment from `at` on that isn't quiet (MSG-3)."""
    if not is_quiet(at, zone):
        return at
    local = at.astimezone(zone)
    day = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return local_moment(day, QUIET_UNTIL, zone)


def day_before_due_at(*, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """When the reminder of the day before is due: ten o'clock in the patient's zone (MSG-5)."""
    visit_day = starts_at.astimezone(zone).date()
    return local_moment(visit_day - timedelta(days=1), DAY_BEFORE_AT, zone)


def useless_from(*, starts_at: datetime) -> datetime:
    """From when on a reminder helps nobody: the patient is on the way."""
    return starts_at - LEAST_NOTICE


def wait_before_retry(*, attempts: int, jitter: float) -> timedelta:
    """Growing waits with jitter (0 to 1) after `attempts` failed ones; half an hour at most."""
    grown: timedelta = min(FIRST_WAIT * 2 ** max(attempts - 1, 0), LONGEST_WAIT)
    return grown * (0.5 + 0.5 * jitter)


def may_retry(*, attempts: int, next_at: datetime, useless_at: datetime) -> bool:
    """Whether another attempt is worth making: few enough so far, and early enough to help."""
    return attempts < MOST_ATTEMPTS and next_at < useless_at
