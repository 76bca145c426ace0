"""When a packet for the dark day is due and when it is too old, and what passphrase may lock it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from clinic.findings import Finding, block_at

HOUR = timedelta(hours=1)
# A tick may come a little early or late; the packet is still "every hour".
SLACK = timedelta(minutes=5)
TRY_AGAIN_AFTER = timedelta(minutes=10)
LATE_AFTER = HOUR + timedelta(minutes=20)
LOOK_AHEAD = 7
SHORTEST, LONGEST = 14, 100


def passphrase_findings(text: str) -> list[Finding]:
    """Typed by hand into whatever reader stands there, with nobody to ask: long, and of letters that every keyboard has."""
    if not SHORTEST <= len(text) <= LONGEST:
        return [block_at("passphrase", "DOWN-1", f"Use {SHORTEST} to {LONGEST} characters; four or five unrelated words are good.")]
    if not text.isascii() or not text.isprintable() or text != text.strip():
        return [block_at("passphrase", "DOWN-1", "Use plain letters, digits and signs that any keyboard has, without a space at either end.")]
    if len(set(text.lower())) < 8:
        return [block_at("passphrase", "DOWN-1", "It repeats itself too much: choose another.")]
    return []


def planned_day(today: date, has_work: Callable[[date], bool]) -> date:
    """The next day with anybody in: on Fridays mostly Monday; the morrow where no day of a week has."""
    ahead = [today + timedelta(days=days) for days in range(1, LOOK_AHEAD + 1)]
    return next((day for day in ahead if has_work(day)), ahead[0])


def may_try(tried_at: datetime | None, made_at: datetime | None, now: datetime) -> bool:
    """A failure is tried again after ten minutes."""
    return tried_at is None or tried_at == made_at or now - tried_at >= TRY_AGAIN_AFTER


def plan_is_due(made_at: datetime | None, *, evening: datetime, now: datetime) -> bool:
    """Once each evening. `evening` is the last one that has begun."""
    return made_at is None or made_at < evening <= now


def today_is_due(made_at: datetime | None, *, opens_at: datetime | None, closes_at: datetime | None, is_anybody_in: bool, now: datetime) -> bool:
    """Every hour from an hour before opening until closing, and for as long as a patient is in the house."""
    is_open = opens_at is not None and closes_at is not None and opens_at - HOUR <= now < closes_at
    return (is_open or is_anybody_in) and (made_at is None or now - made_at >= HOUR - SLACK)


def is_late(made_at: datetime | None, *, since: datetime | None, is_hourly: bool, now: datetime) -> bool:
    """No packet for longer than an hour and some patience. `since` is when one was first owed, None while none is."""
    if since is None or (made_at is not None and made_at >= since and not is_hourly):
        return False
    return now - (max(made_at, since) if made_at is not None else since) > LATE_AFTER
