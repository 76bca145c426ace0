"""Contraindications and precautions: what is asked, and what the answers mean (PAT-3, PAT-4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from clinic.findings import Finding, Level


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    CONTRAINDICATION = "contraindication"
    PRECAUTION = "precaution"


@dataclass(frozen=True, slots=True)
class Question:
    """`id` is stored in `Screening.answers` for ever: never rename one. `advice` is what the finding adds."""

    id: str
    kind: Kind
    text: str
    short: str
    advice: str = ""

    @property
    def rule(self) -> str:
        return "PAT-3" if self.kind is Kind.CONTRAINDICATION else "PAT-4"


_C, _P = Kind.CONTRAINDICATION, Kind.PRECAUTION

# Source: PI, sections 4 and 5.
SCREENING: tuple[Question, ...] = (
    Question("aneurysm", _C, "Aneurysmal vascular disease (aorta, intracranial or peripheral arteries)?", "aneurysmal vascular disease"),
    Question("avm", _C, "Arteriovenous malformation?", "arteriovenous malformation"),
    Question("haemorrhage", _C, "History of intracerebral haemorrhage?", "past intracerebral haemorrhage"),
    Question(
        "hypersensitivity",
        _C,
        "Hypersensitivity to esketamine, ketamine or an excipient?",
        "hypersensitivity to esketamine, ketamine or an excipient",
    ),
    Question(
        "hypertension",
        _P,
        "Uncontrolled hypertension or serious cardiovascular disease?",
        "uncontrolled hypertension or serious cardiovascular disease",
    ),
    Question("encephalopathy", _P, "Ever had hypertensive encephalopathy?", "past hypertensive encephalopathy"),
    Question("psychosis", _P, "Psychosis, now or in the past?", "psychosis"),
    Question("substance_misuse", _P, "Substance misuse, now or in the past?", "substance misuse"),
    Question("hepatic_moderate", _P, "Moderate hepatic impairment?", "moderate hepatic impairment", "Longer monitoring may be needed."),
    Question("hepatic_severe", _P, "Severe hepatic impairment?", "severe hepatic impairment", "Not recommended."),
    Question("pregnancy", _P, "Pregnant, or planning to be?", "pregnancy", "Not recommended."),
    Question("breast_feeding", _P, "Breast-feeding?", "breast-feeding", "Not recommended."),
    Question("bladder", _P, "Bladder symptoms (pain, urgency, frequency)?", "bladder symptoms"),
    Question("cognition", _P, "Trouble with memory or thinking?", "trouble with memory or thinking"),
)
BY_ID: dict[str, Question] = {question.id: question for question in SCREENING}


def unanswered(answers: Mapping[str, str]) -> list[Question]:
    """The questions without a usable answer; a screening is stored whole or not at all."""
    return [question for question in SCREENING if answers.get(question.id) not in set(Answer)]


def screening_findings(screenings: Iterable[Mapping[str, str]]) -> list[Finding]:
    """What the standing screenings say, newest first (PAT-3, PAT-4).

    A contraindication in *any* of them blocks, until a prescriber supersedes that row; precautions count as last answered.
    None at all is a block: nobody has asked yet.
    """
    listed = list(screenings)
    if not listed:
        return [
            Finding("PAT-3", Level.BLOCK, "No screening on the chart. Record one before the first dose.", code="PAT-3.missing", field="screening")
        ]
    contraindications = [_contraindication(question, listed) for question in SCREENING if question.kind is _C]
    precautions = [_precaution(question, listed[0].get(question.id, Answer.UNKNOWN)) for question in SCREENING if question.kind is _P]
    return [finding for finding in (*contraindications, *precautions) if finding is not None]


def _contraindication(question: Question, screenings: list[Mapping[str, str]]) -> Finding | None:
    key = f"{question.rule}.{question.id}"
    if any(answers.get(question.id) == Answer.YES for answers in screenings):
        return Finding(question.rule, Level.BLOCK, f"Contraindicated: {question.short}.", code=key, field="screening")
    if screenings[0].get(question.id) != Answer.NO:
        return Finding(question.rule, Level.DECISION, f"Not known: {question.short}. Ask before dosing.", code=key, field="screening")
    return None


def _precaution(question: Question, answer: str) -> Finding | None:
    if answer == Answer.NO:
        return None
    said = "To weigh" if answer == Answer.YES else "Not known"
    text = f"{said}: {question.short}. {question.advice}".strip()
    return Finding(question.rule, Level.DECISION, text, code=f"{question.rule}.{question.id}", field="screening")


def lifted_contraindications(before: Mapping[str, str], after: Mapping[str, str]) -> list[Question]:
    """Contraindications that a correction would take back; only a prescriber may (PAT-3)."""
    return [question for question in SCREENING if question.kind is _C and before.get(question.id) == Answer.YES != after.get(question.id)]
