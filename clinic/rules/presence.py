"""Who was on site when: presence over moments and intervals (SET-2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Presence(NamedTuple):
    """One stay; the moment of leaving no longer counts."""

    came_at: datetime
    ended_at: datetime


class Gap(NamedTuple):
    """A stretch in which nobody of those asked for was on site."""

    starts_at: datetime
    ends_at: datetime


def ended_at(left_at: datetime | None, lapses_at: datetime) -> datetime:
    """When a stay ends: at leaving, at closing at the latest (SET-2). Nobody stays on site past closing by silence."""
    return lapses_at if left_at is None else min(left_at, lapses_at)


def is_present(stays: Iterable[Presence], at: datetime) -> bool:
    """Whether any stay covers a moment."""
    return any(stay.came_at <= at < stay.ended_at for stay in stays)


def gaps(stays: Iterable[Presence], start: datetime, end: datetime) -> list[Gap]:
    """The stretches of [start, end) that no stay covers (SET-2: a gap in the watch is a breach, derived and never stored)."""
    found: list[Gap] = []
    covered_to = start
    for stay in sorted(stays):
        if stay.came_at > covered_to:
            found.append(Gap(covered_to, min(stay.came_at, end)))
        covered_to = max(covered_to, stay.ended_at)
        if covered_to >= end:
            break
    if covered_to < end:
        found.append(Gap(covered_to, end))
    return [gap for gap in found if gap.starts_at < gap.ends_at]
