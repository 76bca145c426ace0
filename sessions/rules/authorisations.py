"""Which of a payer's authorisations carries a dosed day: exactly one, so that overlapping ones are never both used up by it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple


class Grant(NamedTuple):
    """A payer's authorisation as plain values; `used` counts the dosed days that it carries."""

    from_on: date
    until_on: date
    granted: int
    used: int = 0

    @property
    def left(self) -> int:
        return self.granted - self.used


def carrier(grants: Sequence[Grant], day: date) -> int | None:
    """Which one carries a day, by its place: of those in force with sessions left the one that ends first, since it is lost first.

    With none left, the last to end is overdrawn, so that it shows; None where no authorisation covers the day.
    """
    covering = [place for place, one in enumerate(grants) if one.from_on <= day <= one.until_on]
    with_some_left = [place for place in covering if grants[place].left > 0]
    if with_some_left:
        return min(with_some_left, key=lambda place: (grants[place].until_on, place))
    return max(covering, key=lambda place: (grants[place].until_on, place), default=None)


def drawn(grants: Iterable[Grant], days: Iterable[date]) -> list[Grant]:
    """The same authorisations with these days drawn from them, in order of time."""
    found = list(grants)
    for day in sorted(days):
        place = carrier(found, day)
        if place is not None:
            found[place] = found[place]._replace(used=found[place].used + 1)
    return found
