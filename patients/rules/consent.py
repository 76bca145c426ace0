"""Counselling and consent before the first dose (PAT-5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from clinic.findings import Finding, Level


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version of the counselling text, in force from its day until the next begins. Never edited: a change is a new one."""

    version: str
    effective_on: date
    points: tuple[str, ...]


# Source: FDA, REMS for SPRAVATO (update 2024-12-31): enrolment, two hours, risks, a safe way home.
CONSENT_TEXTS: tuple[ConsentText, ...] = (
    ConsentText(
        "2024-12",
        date(2024, 12, 31),
        (
            "Treatment is given only under the SPRAVATO REMS, and the patient must be enrolled in it.",
            "After each treatment the patient stays and is watched for at least two hours, until a clinician finds them ready to leave.",
            "Sedation, dissociation, slow or shallow breathing and a rise of blood pressure can occur; misuse is possible.",
            "No driving and no machines until the next day after a restful sleep; a safe way home is arranged before each visit.",
        ),
    ),
)


def text_in_force(today: date, texts: Iterable[ConsentText] = CONSENT_TEXTS) -> ConsentText:
    """The version to sign today: the newest that has begun, else the first."""
    listed = sorted(texts, key=lambda text: text.effective_on)
    begun = [text for text in listed if text.effective_on <= today]
    return begun[-1] if begun else listed[0]


def consent_findings(*, text_version: str | None, guide_given: bool, today: date) -> list[Finding]:
    """What the standing consent says (PAT-5). `text_version` is None when there is none."""
    if text_version is None:
        return [Finding("PAT-5", Level.BLOCK, "Not counselled: no consent on the chart.", code="PAT-5.missing", field="consent")]
    found = []
    if not guide_given:
        found.append(
            Finding("PAT-5", Level.NOTE, "The Medication Guide was not given. Hand it out and record it.", code="PAT-5.guide", field="consent")
        )
    if text_version != text_in_force(today).version:
        found.append(Finding("PAT-5", Level.NOTE, "Consent is to an older text. Go through the new one.", code="PAT-5.older", field="consent"))
    return found
