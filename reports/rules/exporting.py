"""How long an export's worker is believed, how often it may begin again, and how long the file stays."""

from datetime import datetime, timedelta

# A worker that hasn't said anything for so long has gone.
LEASE = timedelta(minutes=2)
TRIES = 3
# A file lies about no longer than a day; it can be made anew.
KEPT = timedelta(hours=24)
# Up to so many visits a file is made while the page waits.
SMALL = 2000
RUNNING = ("waiting", "working")


def has_gone(state: str, lease_until: datetime | None, now: datetime) -> bool:
    """Whether the worker of a running export is lost."""
    return state == "working" and lease_until is not None and lease_until <= now


def may_begin(state: str, lease_until: datetime | None, now: datetime) -> bool:
    return state == "waiting" or has_gone(state, lease_until, now)


def gives_up(tries: int) -> bool:
    """Whether it has begun so often that it would only fail again."""
    return tries >= TRIES


def may_cancel(state: str) -> bool:
    return state in RUNNING


def may_ask_again(state: str) -> bool:
    """What failed, was cancelled or is gone can be made anew."""
    return state in ("failed", "cancelled", "expired")


def may_download(state: str, expires_at: datetime | None, now: datetime) -> bool:
    return state == "done" and expires_at is not None and now < expires_at
