"""Whether the indication holds: adults, two adequate trials for TRD, with or without an oral antidepressant (PAT-2)."""

from datetime import date

from clinic.findings import Finding, Level
from patients.rules.course import MDSI, TRD
from patients.rules.people import age_on

ADULT_AGE = 18
TRIALS_FOR_TRD = 2
# PI: alone, without an oral antidepressant, in TRD since this day.
ALONE_SINCE = date(2025, 1, 21)
WITHOUT_RESPONSE = ("none", "partial")


def counts_for_trd(*, is_adequate: bool, outcome: str) -> bool:
    """Whether a trial is one of the two: adequate dose and duration, no sufficient response (PAT-2)."""
    return is_adequate and outcome in WITHOUT_RESPONSE


def indication_findings(
    *, indication: str, with_antidepressant: bool, takes_antidepressant: bool, failed_trials: int, birth_on: date, on: date
) -> list[Finding]:
    """What stands against the indication on a day (PAT-2).

    `with_antidepressant` is the course's plan, `takes_antidepressant` what the medicines say, `failed_trials` those of `counts_for_trd`.
    """
    found = []
    age = age_on(birth_on, on)
    if age < ADULT_AGE:
        found.append(_decision(f"The patient is {age}: approved for adults only.", "age"))
    if indication == TRD and failed_trials < TRIALS_FOR_TRD:
        found.append(_decision(f"TRD means two adequate trials without response; {failed_trials} on the chart.", "trials"))
    if indication == TRD and not with_antidepressant and on < ALONE_SINCE:
        found.append(_decision(f"Alone, without an oral antidepressant, is approved since {ALONE_SINCE.isoformat()} only.", "alone"))
    if indication == MDSI and not with_antidepressant:
        found.append(_decision("This indication is approved with an oral antidepressant.", "antidepressant"))
    if with_antidepressant and not takes_antidepressant:
        found.append(Finding("PAT-2", Level.NOTE, "No oral antidepressant among the medicines.", code="PAT-2.medicine", field="medicines"))
    return found


def _decision(text: str, word: str) -> Finding:
    return Finding("PAT-2", Level.DECISION, text, code=f"PAT-2.{word}", field="course")
