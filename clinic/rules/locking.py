"""When a sign-in is locked and when it is over, by the site's minutes and hours; pure, `now` passed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

# An act within so long of the last noted one isn't noted: a write per press would cost more than it tells. The lock comes earlier by this at most.
GRAIN = timedelta(seconds=30)


@dataclass(frozen=True)
class Limits:
    """What the site's policy says of a sign-in."""

    idle: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=12)


class Standing(Enum):
    OPEN = "open"
    LOCKED = "locked"
    OVER = "over"


@dataclass(frozen=True)
class SignIn:
    """One sign-in: when it began, when a person last did something in it, whether it was locked by a press."""

    began_at: datetime
    acted_at: datetime
    limits: Limits
    is_locked: bool = False

    def standing(self, now: datetime) -> Standing:
        """Over after the longest time whatever was done; locked by a press, or when nobody has done anything for the site's minutes."""
        if now - self.began_at >= self.limits.longest:
            return Standing.OVER
        if self.is_locked or now - self.acted_at >= self.limits.idle:
            return Standing.LOCKED
        return Standing.OPEN

    def left(self, now: datetime) -> timedelta:
        """Until it locks or ends by itself, if nothing more is done."""
        return min(self.acted_at + self.limits.idle, self.began_at + self.limits.longest) - now

    def is_worth_noting(self, now: datetime) -> bool:
        """Whether an act now must be written down; a clock that was set back counts from anew."""
        return now - self.acted_at >= GRAIN or now < self.acted_at


def strictest(limits: list[Limits]) -> Limits:
    """Of a person with several sites, the shortest of each: one sign-in opens them all."""
    if not limits:
        return Limits()
    return Limits(min(one.idle for one in limits), min(one.longest for one in limits))
