"""What all measures say of one visit, in little room: a mark for each measure and the few numbers that need more; the summaries are made of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from reports.rules import MEASURES
from reports.rules.facts import Keys, SessionFacts
from reports.rules.measure import VALUED, Answer, Kind, Measure, Visit
from reports.rules.numbers import Row, Tally

# Not spoken about, fell short, kept; anything else stands in full beside the marks.
NONE, SHORT, KEPT, MORE = ".", "0", "1", "+"
PLAIN = {SHORT: Answer(0, 1), KEPT: Answer(1, 1)}
COLUMN = {measure.code: place for place, measure in enumerate(MEASURES)}
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
    return Answer(values=tuple(given)) if measure.kind in VALUED else Answer(int(given[0]), int(given[1]))


def mark_of(answer: Answer) -> str:
    if answer.of != 1 or answer.values:
        return MORE
    return KEPT if answer.hits == 1 else SHORT if answer.hits == 0 else MORE


def judged(facts: SessionFacts, today: date) -> Judged:
    marks, more, words = [], {}, {}
    for measure in MEASURES:
        answer = measure.answer(facts, today)
        if answer is None:
            marks.append(NONE)
            continue
        mark = mark_of(answer)
        marks.append(mark)
        if mark == MORE:
            more[measure.code] = list(answer.values) if measure.kind in VALUED else [answer.hits, answer.of]
        if measure.detail is not None and (detail := measure.detail(facts)):
            words[measure.code] = detail
    told = more | ({"words": words} if words else {})
    return Judged(facts.pk, facts.treatment_on, facts.status, facts.is_dosed, facts.keys, "".join(marks), told)


def is_settled(facts: SessionFacts, today: date, one: Judged) -> bool:
    """Whether time alone changes nothing any more: its day has come, and what waits for later days will say no other thing after the last of them."""
    later = today + FAR
    return facts.treatment_on <= today and all(one.said(measure, today)[0] == measure.answer(facts, later) for measure in WAITING)


def tallies(visits: Sequence[Visit], today: date) -> list[Tally]:
    """Every measure's numbers over these visits, in the measures' order.

    The marks of all visits stand in one text, a measure's own a step apart: each is counted by a few passes over characters.
    """
    told = [one if isinstance(one, Judged) else judged(one, today) for one in visits]  # type: ignore[arg-type]
    every, fuller = "".join(one.marks for one in told), defaultdict[str, list[Any]](list)
    for one in told:
        for code, given in one.more.items():
            fuller[code].append(given)
    return [tally(measure, every[place :: len(MEASURES)], fuller.get(measure.code, ())) for place, measure in enumerate(MEASURES)]


def tally(measure: Measure, marks: str, more: Sequence[Any]) -> Tally:
    if measure.kind in VALUED:
        return Tally(measure, values=[value for given in more for value in given], behind=len(more), flagged=len(more))
    kept, short = marks.count(KEPT), marks.count(SHORT)
    hits, of = kept + sum(given[0] for given in more), kept + short + sum(given[1] for given in more)
    flagged = sum(Row(0, full(measure, given)).stands_out(measure) for given in more)
    return Tally(measure, hits, of, (), kept + short + len(more), flagged + (short if measure.kind is Kind.KEPT else kept))


def added_up(visits: Sequence[Judged]) -> dict[str, list[float]]:
    """By measure: what was kept and counted; of amounts how many, their sum and the greatest; of a spread how many in each band."""
    found: dict[str, list[float]] = {}
    for one in tallies(visits, date.max):
        numbers: list[float] = [one.hits, one.of]
        if one.measure.kind is Kind.AMOUNT:
            numbers = [one.counted, sum(one.values), max(one.values, default=0)]
        elif one.measure.kind is Kind.SPREAD:
            numbers = [share.number for share in one.bands]
        if any(numbers):
            found[one.measure.code] = numbers
    return found
