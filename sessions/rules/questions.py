"""The questions of the pre-dose round, by id (PRE-1…PRE-4); asked afresh each time, never copied from an earlier visit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

SCHEMA = 1
NOTHING = "none"  # the answer of a time question: not today


class Kind(StrEnum):
    YES_NO = "yes_no"  # "yes" or "no"
    TIME = "time"  # a moment as ISO text, or NOTHING
    CHOICE = "choice"  # one of the choices
    PICK = "pick"  # a list of choices, empty for none of them


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `is_reset`: a wait, or leaving the room, makes its answer void (PRE-6)."""

    id: str
    rule: str
    kind: Kind
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    is_reset: bool = False


LAST_FOOD = Question("last_food", "PRE-1", Kind.TIME, "Last ate at", help="Nothing for 2 hours before the dose.", is_reset=True)
LAST_DRINK = Question("last_drink", "PRE-1", Kind.TIME, "Last drank at", help="Nothing for 30 minutes before the dose.", is_reset=True)
LAST_NASAL = Question("last_nasal", "PRE-1", Kind.TIME, "Nasal steroid or decongestant at", help="At least 1 hour before the dose.", is_reset=True)
ENROLMENT = Question(
    "enrolment",
    "PAT-1",
    Kind.CHOICE,
    "REMS enrolment verified today",
    (("portal", "Portal"), ("phone", "Phone"), ("pharmacy", "Pharmacy"), ("down", "Could not be reached"), ("not_enrolled", "Not enrolled")),
)
CONTRAINDICATIONS = Question(
    "contraindications",
    "PAT-3",
    Kind.PICK,
    "Ever, or new since last time",
    (
        ("vascular", "Aneurysm or arteriovenous malformation"),
        ("haemorrhage", "Bleeding in the brain"),
        ("hypersensitivity", "Allergy to esketamine, ketamine or the spray"),
    ),
)
PREGNANCY = Question("pregnancy", "PRE-4", Kind.CHOICE, "Pregnant or breast-feeding", (("no", "No"), ("yes", "Yes"), ("unsure", "Not sure")))
MEDICINES = Question(
    "medicines",
    "PAT-6",
    Kind.PICK,
    "Taken since yesterday",
    (
        ("benzodiazepine", "Benzodiazepine"),
        ("hypnotic", "Sleeping pill (non-benzodiazepine)"),
        ("opioid", "Opioid"),
        ("stimulant", "Stimulant"),
        ("maoi", "MAOI"),
        ("cns_depressant", "Other sedating medicine"),
        ("alcohol", "Alcohol"),
    ),
)
EVENT_SINCE = Question(
    "event_since", "PMF-6", Kind.YES_NO, "Anything serious since the last session", help="Hospital, emergency, disability, a threat to life."
)
SUICIDE = Question("suicide_risk", "PRE-4", Kind.CHOICE, "Suicide-risk screen", (("negative", "Negative"), ("positive", "Positive")))

QUESTIONS: tuple[Question, ...] = (LAST_FOOD, LAST_DRINK, LAST_NASAL, ENROLMENT, CONTRAINDICATIONS, PREGNANCY, MEDICINES, EVENT_SINCE, SUICIDE)


def asked(*, is_outpatient: bool, can_be_pregnant: bool) -> tuple[Question, ...]:
    """The questions of one visit: enrolment in outpatient sessions (PAT-1), pregnancy where it applies (PRE-4)."""
    left_out = set()
    if not is_outpatient:
        left_out.add(ENROLMENT.id)
    if not can_be_pregnant:
        left_out.add(PREGNANCY.id)
    return tuple(question for question in QUESTIONS if question.id not in left_out)


def standing_answers(rounds: Iterable[tuple[datetime, Mapping[str, object]]], reset_at: datetime | None) -> dict[str, object]:
    """The answers that count: the latest of each question; after a wait those that it voids must be newer (PRE-6).

    `rounds` are (observed at, answers) of this visit; `reset_at` is when the last wait or hold began.
    """
    voided = {question.id for question in QUESTIONS if question.is_reset}
    standing: dict[str, object] = {}
    for observed_at, answers in sorted(rounds, key=lambda item: item[0]):
        is_old = reset_at is not None and observed_at < reset_at
        standing |= {name: value for name, value in answers.items() if not (is_old and name in voided)}
    return standing


def unanswered(questions: Iterable[Question], answers: Mapping[str, object]) -> tuple[Question, ...]:
    """The questions that still have to be asked."""
    return tuple(question for question in questions if question.id not in answers)


def words_of(question: Question, answer: object, zone: ZoneInfo) -> str:
    """An answer as a page tells it, times as the site's wall shows them."""
    named = dict(question.choices)
    if isinstance(answer, list):
        return ", ".join(named.get(str(pick), str(pick)) for pick in answer) or "None"
    if question.kind is Kind.TIME and isinstance(answer, str) and answer != NOTHING:
        return datetime.fromisoformat(answer).astimezone(zone).strftime("%H:%M")
    if question.kind is Kind.TIME:
        return "Not lately"
    return named.get(str(answer), str(answer).capitalize())
