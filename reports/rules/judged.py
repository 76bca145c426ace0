"""What all measures say of one visit, in little room: a mark for each measure and the few numbers that need more; the summaries are made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from reports.rules import MEASURES
from reports.rules.facts import Keys, SessionFacts
from reports.rules.measure import Answer, Kind, Measure

# Not spoken about, fell short, kept; anything else stands in full beside the marks.
NONE, SHORT, KEPT, MORE = ".", "0", "1", "+"
PLAIN = {SHORT: Answer(0, 1), KEPT: Answer(1, 1)}
COLUMN = {measure.code: place for place, measure in enumerate(MEASURES)}
MARK_OF = {answer: mark for mark, answer in PLAIN.items()}
FAR = timedelta(days=3660)
# What looks beyond the day of the visit; every other measure asks at most whether that day has come (a test holds it).
WAITING = tuple(
    measure for measure in MEASURES if measure.code in (
        "filed", "owed_days", "departure_signed", "acknowledged", "safety_calls", "eight_in_time", "eight_at_all", "days_to_eight", "adherence",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One visit as its summary tells it: `marks` by the measures' order, `more` by their codes."""

    pk: int
    treatment_on: date
    status: str
    is_dosed: bool
    keys: Keys
    marks: str
    more: dict[str, Any] = field(default_factory=dict)

    def said(self, measure: Measure, today: date) -> tuple[Answer | None, str]:
        """As the facts said it on the day of the summary."""
        mark = self.marks[COLUMN[measure.code]]
        if mark == NONE:
            return None, ""
        detail = self.more.get("words", {}).get(measure.code, "") if measure.detail is not None else ""
        return PLAIN[mark] if mark in PLAIN else full(measure, self.more[measure.code]), detail


def full(measure: Measure, given: Sequence[float]) -> Answer:
    return Answer(values=tuple(given)) if measure.kind is Kind.AMOUNT else Answer(int(given[0]), int(given[1]))


def judged(facts: SessionFacts, today: date) -> Judged:
    marks, more, words = [], {}, {}
    for measure in MEASURES:
        answer, detail = facts.said(measure, today)
        mark = NONE if answer is None else MARK_OF.get(answer, MORE)
        marks.append(mark)
        if mark == MORE and answer is not None:
            more[measure.code] = list(answer.values) if measure.kind is Kind.AMOUNT else [answer.hits, answer.of]
        if detail:
            words[measure.code] = detail
    told = more | ({"words": words} if words else {})
    return Judged(facts.pk, facts.treatment_on, facts.status, facts.is_dosed, facts.keys, "".join(marks), told)


def is_settled(facts: SessionFacts, today: date, one: Judged) -> bool:
    """Whether time alone changes nothing any more: its day has come, and what waits for later days will say no other thing after the last of them."""
    later = today + FAR
    return facts.treatment_on <= today and all(one.said(measure, today)[0] == measure.answer(facts, later) for measure in WAITING)


def added_up(visits: Sequence[Judged]) -> dict[str, list[float]]:
    """By measure: what was kept and counted; of amounts how many, their sum and the greatest."""
    found: dict[str, list[float]] = {}
    for measure in MEASURES:
        answers = [answer for answer, _ in (one.said(measure, one.treatment_on) for one in visits) if answer is not None]
        if measure.kind is Kind.AMOUNT:
            values = [value for answer in answers for value in answer.values]
            numbers: list[float] = [len(values), sum(values), max(values, default=0)]
        else:
            numbers = [sum(answer.hits for answer in answers), sum(answer.of for answer in answers)]
        if any(numbers):
            found[measure.code] = numbers
    return found
