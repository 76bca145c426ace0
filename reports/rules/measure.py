"""What a measure is: a question in plain words over the facts of a visit, citing its rule; and what it finds over many visits."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from statistics import fmean, median
from typing import NamedTuple, Protocol

from reports.rules.facts import SessionFacts
from reports.rules.wilson import Interval, wilson


class Group(StrEnum):
    """In the order of the page."""

    WATCHED = "Watched"
    CHECKS = "Checks"
    FORMS = "Forms"
    PEOPLE = "People and place"
    BEFORE = "Before the dose"
    LEAVING = "Leaving"
    UNPLANNED = "Not as planned"
    INDUCTION = "Induction"
    OUTCOMES = "Outcomes as filed on the form"
    FOUND = "Found at the checks"
    FLOOR = "Floor"


class Kind(StrEnum):
    KEPT = "kept"  # a rule that was kept or not: has a target
    SHARE = "share"  # how many of how many: no target, perhaps a number to compare with
    AMOUNT = "amount"  # so many minutes or days: median, mean, longest


@dataclass(frozen=True, slots=True)
class Answer:
    """What one visit adds. KEPT: `hits` of 1. SHARE: `hits` of `of`. AMOUNT: `values`. None in place of it: the visit isn't spoken about."""

    hits: int = 0
    of: int = 0
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """A published number to read ours beside, in per cent; `words` say whose it is and what it doesn't compare."""

    words: str
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """`question` in plain words, `numerator`, `denominator` and `exclusions` as whole phrases; `target` is a share of 1, of KEPT alone."""

    code: str
    rule: str
    group: Group
    question: str
    numerator: str
    denominator: str
    exclusions: str
    answer: Callable[[SessionFacts, date], Answer | None]
    kind: Kind = Kind.KEPT
    target: float = 1.0
    unit: str = ""
    beside: Beside | None = None
    detail: Callable[[SessionFacts], str] | None = None


def yes_no(fact: bool | None) -> Answer | None:
    """Kept, fell short, or not spoken about."""
    return None if fact is None else Answer(hits=int(fact), of=1)


def amounts(values: Iterable[float]) -> Answer | None:
    """None for no value at all."""
    found = tuple(values)
    return Answer(values=found) if found else None


class Visit(Protocol):
    """What the measures speak about: its facts, or the summary that was made of them."""

    @property
    def pk(self) -> int: ...
    @property
    def treatment_on(self) -> date: ...
    @property
    def status(self) -> str: ...
    @property
    def is_dosed(self) -> bool: ...
    def said(self, measure: Measure, today: date) -> tuple[Answer | None, str]: ...


class Row(NamedTuple):
    """One visit behind a number."""

    pk: int
    answer: Answer
    detail: str = ""

    @property
    def largest(self) -> float:
        return max(self.answer.values, default=0.0)


@dataclass(frozen=True)
class Result:
    """A measure over many visits, with the visits behind it in their order. A page asks for its numbers often: each is counted once."""

    measure: Measure
    rows: Sequence[Row]

    @cached_property
    def counted(self) -> int:
        if self.measure.kind is Kind.AMOUNT:
            return len(self.values)
        return sum(row.answer.of for row in self.rows)

    @cached_property
    def kept(self) -> int:
        """The numerator: what was kept, or what was found."""
        return sum(row.answer.hits for row in self.rows)

    @property
    def percent(self) -> float | None:
        """None for nothing counted: never 100 % of none."""
        return None if not self.counted or self.measure.kind is Kind.AMOUNT else 100 * self.kept / self.counted

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of a share, in per cent."""
        return wilson(self.kept, self.counted) if self.measure.kind is Kind.SHARE else None

    @property
    def is_met(self) -> bool:
        return self.measure.kind is Kind.KEPT and self.counted > 0 and self.kept >= self.measure.target * self.counted

    @cached_property
    def values(self) -> list[float]:
        return [value for row in self.rows for value in row.answer.values]

    @property
    def median(self) -> float | None:
        return median(self.values) if self.values else None

    @property
    def mean(self) -> float | None:
        return fmean(self.values) if self.values else None

    @property
    def longest(self) -> float | None:
        return max(self.values, default=None)

    @property
    def shown(self) -> list[Row]:
        """The rows to look at first: what fell short, what was found, or every amount with the longest first."""
        if self.measure.kind is Kind.AMOUNT:
            return sorted(self.rows, key=lambda row: (-row.largest, row.pk))
        if self.measure.kind is Kind.KEPT:
            return [row for row in self.rows if row.answer.hits < row.answer.of]
        return [row for row in self.rows if row.answer.hits]

    @property
    def others(self) -> list[Row]:
        """The rest of those that count."""
        first = {row.pk for row in self.shown}
        return [row for row in self.rows if row.pk not in first]


def evaluate(measure: Measure, visits: Iterable[Visit], *, today: date) -> Result:
    """One measure over visits, in their order."""
    rows = []
    for visit in visits:
        answer, detail = visit.said(measure, today)
        if answer is not None:
            rows.append(Row(visit.pk, answer, detail))
    return Result(measure, rows)
