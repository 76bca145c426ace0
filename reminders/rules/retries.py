"""How long to wait after a failure, and whether another try is worth making."""

from datetime import datetime, timedelta

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)


def wait_before_retry(*, attempts: int, jitter: float) -> timedelta:
    """Growing waits with jitter (0 to 1) after `attempts` failed ones; half an hour at most."""
    grown: timedelta = min(FIRST_WAIT * 2 ** max(attempts - 1, 0), LONGEST_WAIT)
    return grown * (0.5 + 0.5 * jitter)


def may_retry(*, attempts: int, next_at: datetime, useless_at: datetime) -> bool:
    """Whether another attempt is worth making: few enough so far, and early enough to help."""
    return attempts < MOST_ATTEMPTS and next_at < useless_at
