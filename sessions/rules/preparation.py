"""What a patient is asked the evening before and that morning, and which answers the desk must see at once (PRE-1…PRE-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

SCHEMA = 1
SOMEONE = "someone"
YES_NO = (("yes", "Yes"), ("no", "No"))
# By when somebody has to look at a red answer: well before the visit, where there is time left.
LOOK_BEFORE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `label` as the staff reads it. An answer of `red` needs somebody before the visit."""

    id: str
    rule: str
    label: str
    choices: tuple[tuple[str, str], ...] = YES_NO
    red: tuple[str, ...] = ("yes",)


QUESTIONS: tuple[Question, ...] = (
    Question("food", "PRE-1", "No food for the 2 hours before", red=("no",)),
    Question("drink", "PRE-1", "No drink for the 30 minutes before", red=("no",)),
    Question("nasal", "PRE-1", "No nasal spray for the hour before", (("yes", "Yes"), ("none", "Uses none"), ("no", "No")), ("no",)),
    Question("pressure", "PRE-2", "Blood-pressure tablets as usual", (("yes", "Yes"), ("none", "Takes none"), ("no", "No, or not sure")), ("no",)),
    Question("sedatives", "PAT-6", "A new sleeping or calming medicine"),
    Question("stimulants", "PAT-6", "A new stimulant"),
    Question("opioids", "PAT-6", "A new strong pain medicine (opioid)"),
    Question("ride", "PRE-3", "Way home", ((SOMEONE, "Somebody brings them"), ("service", "Ride service"), ("no", "None yet")), ("no",)),
)
BY_ID: dict[str, Question] = {question.id: question for question in QUESTIONS}


def kept_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to known questions, of the choices that were offered; whatever else came is left out."""
    return {one.id: answers[one.id] for one in QUESTIONS if answers.get(one.id) in dict(one.choices)}


def unanswered(answers: Mapping[str, str]) -> list[str]:
    """Ids of what is still to be answered."""
    return [one.id for one in QUESTIONS if one.id not in answers]


def red_ids(answers: Mapping[str, str]) -> list[str]:
    """Ids of the answers that somebody must see before the visit."""
    return [one.id for one in QUESTIONS if answers.get(one.id) in one.red]


def look_by(*, starts_at: datetime, now: datetime) -> datetime:
    """By when a red answer must be looked at."""
    return max(now, starts_at - LOOK_BEFORE)


def words_of(question: Question, answer: str) -> str:
    return dict(question.choices).get(answer, answer)
