"""The benefit review: when it is due, what baseline against latest says, and what the decision must hold (DOS-3, DOS-4, PAT-4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clinic.findings import Finding, block_at
from patients.rules.dosing import BENEFIT_AFTER_DAYS

# The last day of week 4; a review from the first day of that week on is the one that the label asks for.
FIRST_DUE = timedelta(days=BENEFIT_AFTER_DAYS - 1)
WEEK_FOUR = timedelta(days=21)
SOON = timedelta(days=7)
# How old a score may be on the first day of dosing to be the baseline; practice, no label says so [check].
BASELINE_WITHIN = timedelta(days=30)
RESPONSE = 0.5


@dataclass(frozen=True, slots=True)
class Point:
    """One complete score of one scale; `pk` is its row."""

    pk: int
    on: date
    total: int


@dataclass(frozen=True, slots=True)
class Change:
    """Baseline against latest of one scale. Without both there is neither fall nor response."""

    baseline: Point | None
    latest: Point | None
    remission_at_most: int

    @property
    def fall_percent(self) -> int | None:
        """By how much of the baseline the score fell, rounded down; negative where it rose. None without both, or from a baseline of 0."""
        if self.baseline is None or self.latest is None or self.baseline.total == 0:
            return None
        return (self.baseline.total - self.latest.total) * 100 // self.baseline.total

    @property
    def is_response(self) -> bool | None:
        """A fall by half or more."""
        if self.baseline is None or self.latest is None or self.baseline.total == 0:
            return None
        return self.latest.total <= self.baseline.total * (1 - RESPONSE)

    @property
    def is_remission(self) -> bool | None:
        return None if self.latest is None else self.latest.total <= self.remission_at_most


def change_of(points: Iterable[Point], *, began_on: date | None, today: date, remission_at_most: int) -> Change:
    """The baseline is the last score up to the course's first day, a month old at most; the latest is the last one after it."""
    ordered = sorted(points, key=lambda point: (point.on, point.pk))
    start = began_on or today
    before = [point for point in ordered if start - BASELINE_WITHIN <= point.on <= start]
    after = [point for point in ordered if start < point.on <= today]
    return Change(before[-1] if before else None, after[-1] if after else None, remission_at_most)


def counting(reviewed: Iterable[date], began_on: date) -> list[date]:
    """The reviews from week 4 on."""
    return [day for day in reviewed if day >= began_on + WEEK_FOUR]


def review_due_on(*, began_on: date | None, came_on: date | None, reviewed: Iterable[date], every_weeks: int) -> date | None:
    """The day by which the next review is due; None while nothing has been dosed.

    The first at the end of week 4 (DOS-3, DOS-4), then `every_weeks` after the last. `came_on` is the first dosed day here: who comes
    from elsewhere after week 4 is reviewed then. One before week 4 doesn't count as the first.
    """
    if began_on is None:
        return None
    counted = counting(reviewed, began_on)
    if counted:
        return max(counted) + timedelta(weeks=every_weeks)
    first = began_on + FIRST_DUE
    return first if came_on is None else max(first, came_on)


class Standing(StrEnum):
    """How a review stands on a day."""

    LATER = "later"
    SOON = "soon"
    DUE = "due"
    LATE = "late"


def standing_on(due_on: date, on: date) -> Standing:
    """Late from the day after; soon within a week before."""
    if on > due_on:
        return Standing.LATE
    if on == due_on:
        return Standing.DUE
    return Standing.SOON if due_on - on <= SOON else Standing.LATER


@dataclass(frozen=True, slots=True)
class Question:
    """`id` is stored in `BenefitReview.answers` for ever."""

    id: str
    text: str
    may_not_apply: bool = False

    @property
    def answers(self) -> tuple[str, ...]:
        return (NO, YES, NOT_APPLICABLE) if self.may_not_apply else (NO, YES)


NO, YES, NOT_APPLICABLE = "no", "yes", "not_applicable"
# PAT-4: what long treatment may bring; asked at month 1 and at each later review.
QUESTIONS = (
    Question("misuse", "Signs of misuse, abuse or craving?"),
    Question("bladder", "Bladder symptoms: urgency, frequency, pain, blood?"),
    Question("cognition", "Memory, attention or thinking worse?"),
    Question("pregnancy", "Pregnant, breast-feeding or planning to be?", may_not_apply=True),
)


class Decision(StrEnum):
    CONTINUE = "continue"
    CHANGE = "change"
    STOP = "stop"


def decision_findings(
    *, decision: str, frequency: str, dose_mg: int | None, why: str, answers: Mapping[str, str], concerns: str, usual_doses: Iterable[int]
) -> list[Finding]:
    """What a decision can't be kept without: every question answered, words for each yes, what changes to what, and why (DOS-3, PAT-4)."""
    found = [block_at(question.id, "PAT-4", "Answer this question.") for question in QUESTIONS if answers.get(question.id) not in question.answers]
    if YES in answers.values() and not concerns.strip():
        found.append(block_at("concerns", "PAT-4", "Say what follows from each yes."))
    if decision not in set(Decision):
        found.append(block_at("decision", "DOS-3", "Decide: go on, change, or stop."))
    is_changed = bool(frequency) or dose_mg is not None
    if decision == Decision.CHANGE and not is_changed:
        found.append(block_at("frequency", "DOS-3", "Choose the new frequency, the new dose, or both."))
    if decision != Decision.CHANGE and is_changed:
        found.append(block_at("frequency", "DOS-3", "A new frequency or dose belongs to the decision to change."))
    if dose_mg is not None and dose_mg not in set(usual_doses):
        found.append(block_at("dose_mg", "DOS-5", "Choose one of the usual doses; another one is ordered with its reason."))
    if not why.strip():
        found.append(block_at("why", "DOS-3", "Say why."))
    return found
