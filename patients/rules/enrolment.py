"""Enrolment in the REMS before the first dose (PAT-1)."""

from datetime import date

from clinic.findings import Finding, Level


def enrolment_findings(*, is_outpatient: bool, submitted_on: date | None, has_proof: bool, rems_id: str, on: date) -> list[Finding]:
    """What the standing enrolment says on a day (PAT-1); `submitted_on` is None without one. Inpatient sessions ask nothing (SET-6)."""
    if not is_outpatient:
        return []
    if submitted_on is None:
        return [Finding("PAT-1", Level.BLOCK, "Not enrolled in the REMS: record the submitted enrolment.", code="PAT-1.missing", field="enrolment")]
    if submitted_on > on:
        return [Finding("PAT-1", Level.BLOCK, "The enrolment was submitted only after this day.", code="PAT-1.later", field="enrolment")]
    found = []
    if not has_proof:
        found.append(
            Finding(
                "PAT-1",
                Level.BLOCK,
                "No proof that the enrolment was submitted: add the confirmation or the receipt.",
                code="PAT-1.proof",
                field="enrolment",
            )
        )
    if not rems_id:
        found.append(Finding("PAT-1", Level.NOTE, "The REMS patient id is not known yet.", code="PAT-1.id", field="enrolment"))
    return found


def enrolment_date_problems(*, patient_signed_on: date, prescriber_signed_on: date, submitted_on: date, today: date) -> dict[str, str]:
    """What can't be about the three dates, by field (PAT-1): both signatures come first, nothing lies in the future."""
    problems = {}
    dates = {"patient_signed_on": patient_signed_on, "prescriber_signed_on": prescriber_signed_on, "submitted_on": submitted_on}
    for field, day in dates.items():
        if day > today:
            problems[field] = "This date lies in the future."
        elif day > submitted_on:
            problems[field] = "Signed only after the form was submitted?"
    return problems
