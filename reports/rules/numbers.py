"""What a measure says over many visits: its numbers, from the visits one by one (Result) or counted together (Tally)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from statistics import fmean, median
from typing import NamedTuple

from reports.rules.measure import VALUED, Answer, Band, Kind, Measure, Visit
from reports.rules.wilson import Interval, wilson


class Row(NamedTuple):
    """One visit behind a number."""

    pk: int
    answer: Answer
    detail: str = ""

    @property
    def largest(self) -> float:
        return max(self.answer.values, default=0.0)

    def stands_out(self, measure: Measure) -> bool:
        """One to look at first: it fell short, it was found, or it has a value."""
        if measure.kind in VALUED:
            return True
        return self.answer.hits < self.answer.of if measure.kind is Kind.KEPT else self.answer.hits > 0


class Share(NamedTuple):
    """How many of all values lie in a band."""

    band: Band
    number: int
    of: int
    evenly: float

    @property
    def percent(self) -> float:
        return 100 * self.number / self.of

    @property
    def interval(self) -> Interval | None:
        return wilson(self.number, self.of)

    @property
    def is_preferred(self) -> bool:
        """More than chance gives where all bands were alike: the whole interval lies above."""
        return self.interval is not None and self.interval.low > self.evenly


@dataclass
class Tally:
    """One measure over many visits. A page asks for its numbers often: each is counted once.

    `behind`: visits that count; `flagged`: those to look at first.
    """

    measure: Measure
    hits: int = 0
    of: int = 0
    values: Sequence[float] = ()
    behind: int = 0
    flagged: int = 0

    @property
    def is_valued(self) -> bool:
        return self.measure.kind in VALUED

    @cached_property
    def counted(self) -> int:
        return len(self.values) if self.is_valued else self.of

    @cached_property
    def kept(self) -> int:
        """The numerator: what was kept, what was found, or what lies in the band that is preferred."""
        return (self.leading.number if self.leading else 0) if self.measure.kind is Kind.SPREAD else self.hits

    @cached_property
    def percent(self) -> float | None:
        """None for nothing counted: never 100 % of none."""
        return None if not self.counted or self.measure.kind is Kind.AMOUNT else 100 * self.kept / self.counted

    @cached_property
    def interval(self) -> Interval | None:
        """The 95 % interval of a share, in per cent."""
        return wilson(self.kept, self.counted) if self.measure.kind in (Kind.SHARE, Kind.SPREAD) else None

    @property
    def is_met(self) -> bool:
        return self.measure.kind is Kind.KEPT and self.counted > 0 and self.kept >= self.measure.target * self.counted

    @property
    def median(self) -> float | None:
        return median(self.values) if self.is_amount and self.values else None

    @property
    def mean(self) -> float | None:
        return fmean(self.values) if self.is_amount and self.values else None

    @property
    def longest(self) -> float | None:
        return max(self.values, default=None) if self.is_amount else None

    @property
    def is_amount(self) -> bool:
        return self.measure.kind is Kind.AMOUNT

    @cached_property
    def bands(self) -> list[Share]:
        """How the values lie; none where nothing was counted."""
        if not self.counted:
            return []
        evenly, found = 100 / max(len(self.measure.bands), 1), Counter(self.values)
        counts = [sum(count for value, count in found.items() if band.holds(value)) for band in self.measure.bands]
        return [Share(band, count, self.counted, evenly) for band, count in zip(self.measure.bands, counts, strict=True)]

    @property
    def leading(self) -> Share | None:
        """The fullest band, the first of equals."""
        return max(self.bands, key=lambda share: share.number, default=None)


class Result(Tally):
    """The same with the visits behind it, in their order."""

    def __init__(self, measure: Measure, rows: Sequence[Row]) -> None:
        values = [value for row in rows for value in row.answer.values]
        flagged = sum(row.stands_out(measure) for row in rows)
        super().__init__(measure, sum(row.answer.hits for row in rows), sum(row.answer.of for row in rows), values, len(rows), flagged)
        self.rows = rows

    @property
    def shown(self) -> list[Row]:
        """The rows to look at first: what fell short, what was found, or every amount with the longest first."""
        found = [row for row in self.rows if row.stands_out(self.measure)]
        return sorted(found, key=lambda row: (-row.largest, row.pk)) if self.is_amount else found

    @property
    def others(self) -> list[Row]:
        """The rest of those that count."""
        return [row for row in self.rows if not row.stands_out(self.measure)]


def evaluate(measure: Measure, visits: Iterable[Visit], *, today: date) -> Result:
    """One measure over visits, in their order."""
    rows = []
    for visit in visits:
        answer, detail = visit.said(measure, today)
        if answer is not None:
            rows.append(Row(visit.pk, answer, detail))
    return Result(measure, rows)


def merged(parts: Sequence[Tally]) -> Tally:
    """One measure over all of the visits of its parts."""
    return Tally(
        parts[0].measure,
        hits=sum(part.hits for part in parts),
        of=sum(part.of for part in parts),
        values=[value for part in parts for value in part.values],
        behind=sum(part.behind for part in parts),
        flagged=sum(part.flagged for part in parts),
    )
