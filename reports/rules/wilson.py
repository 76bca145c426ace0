"""The interval in which a share lies that was counted on few: Wilson's score interval (E. B. Wilson, 1927), 95 %."""

from math import sqrt
from typing import NamedTuple

Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution


class Interval(NamedTuple):
    """In per cent."""

    low: float
    high: float


def wilson(hits: int, of: int) -> Interval | None:
    """None of none; stays within 0 and 100 also for none of many and all of few, where the plain interval has no width."""
    if of == 0:
        return None
    share, spread = hits / of, Z * Z / of
    middle = share + spread / 2
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    low = 0.0 if hits == 0 else (middle - half) / (1 + spread)
    high = 1.0 if hits == of else (middle + half) / (1 + spread)
    return Interval(100 * low, 100 * high)
