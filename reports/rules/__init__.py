"""The compliance measures, by group: one declaration each, pure functions over plain facts of a visit."""

from reports.rules import before, checks, filing, floor, found, induction, leaving, outcomes, people, unplanned, watched
from reports.rules.facts import SessionFacts
from reports.rules.measure import VALUED, Answer, Band, Group, Kind, Measure
from reports.rules.numbers import Result, Row, Tally, evaluate

MEASURES: tuple[Measure, ...] = tuple(
    measure for part in (watched, checks, filing, people, before, leaving, unplanned, induction, outcomes, found, floor) for measure in part.MEASURES
)
MEASURE_BY_CODE = {measure.code: measure for measure in MEASURES}

__all__ = [
    "MEASURES", "MEASURE_BY_CODE", "VALUED", "Answer", "Band", "Group", "Kind", "Measure", "Result", "Row", "SessionFacts", "Tally", "evaluate",
]  # fmt: skip
