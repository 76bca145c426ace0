"""What a measure is: a question in plain words over the facts of a visit, citing its rule."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from reports.rules.facts import SessionFacts


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
    SPREAD = "spread"  # values that should lie evenly over their bands: which band is preferred


# What a visit adds to these is values, not hits.
VALUED = frozenset({Kind.AMOUNT, Kind.SPREAD})


class Band(NamedTuple):
    """Values from `low` to `high`, both included."""

    words: str
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Answer:
    """What one visit adds. KEPT: `hits` of 1. SHARE: `hits` of `of`. AMOUNT, SPREAD: `values`. None in place of it: the visit isn't spoken about."""

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
    """`question` in plain words, `numerator`, `denominator` and `exclusions` as whole phrases; `target` is a share of 1, of KEPT alone.

    `bands`: every value lies in one of them; a SPREAD has them, an AMOUNT may.
    """

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
    bands: tuple[Band, ...] = ()


YES, NO = Answer(hits=1, of=1), Answer(hits=0, of=1)


def yes_no(fact: bool | None) -> Answer | None:
    """Kept, fell short, or not spoken about."""
    return None if fact is None else YES if fact else NO


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
