"""Visits that stand on a day that has closed: which those are, and how far the rescue has come (DOS-9)."""

from collections.abc import Collection
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from clinic.rules.opening import latest


def is_stranded(ends_at: datetime, day: date, closed_from: time | None, zone: ZoneInfo) -> bool:
    """Whether a visit of a closed day can't be held: any on a day that is closed, those that last beyond an early closing."""
    return closed_from is None or ends_at > latest(day, closed_from, zone)


def progress(*, settled: Collection[int], open_still: Collection[int]) -> tuple[int, int]:
    """(how many are settled, of how many): a visit that came back onto the day is open again."""
    done = set(settled) - set(open_still)
    return len(done), len(done) + len(set(open_still))
