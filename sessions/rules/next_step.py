"""What may be decided after a visit that was missed or held, and by whom (DOS-6)."""

from datetime import timedelta

from clinic.findings import Finding, Level
from patients.rules.course import Phase

KEEP, BACK, END = "keep", "back", "end"
DECIDE_WITHIN = timedelta(hours=24)
# MFR: "missed in maintenance and worse"; before that the label's own rhythm goes on, and after four weeks of MDSI there is none to go back to.
MAY_STEP_BACK = (Phase.MAINTENANCE,)
ADVICE = {
    Phase.INDUCTION: "Weeks 1–4: go on with the schedule. What was missed isn’t made up by a double dose.",
    Phase.WEEKLY: "Weeks 5–8: go on once a week.",
    Phase.MAINTENANCE: "From week 9: is the patient worse? Then consider the previous, more frequent schedule.",
    Phase.BEYOND: "Beyond four weeks nothing has been evaluated: the prescriber decides whether to go on.",
}


def choices_for(phase: Phase, *, is_prescriber: bool) -> list[str]:
    """What a page offers: going on to everybody who books; the rest is a prescriber's."""
    if not is_prescriber:
        return [KEEP]
    return [KEEP, *([BACK] if phase in MAY_STEP_BACK else []), END]


def decision_findings(*, choice: str, phase: Phase, reason: str, is_prescriber: bool) -> list[Finding]:
    """What speaks against a decision: all blocks."""
    if choice == KEEP:
        return []
    found = []
    if not is_prescriber:
        found.append(Finding("DOS-6", Level.BLOCK, "Only a prescriber decides this.", code="DOS-6.prescriber", field="choice"))
    if not reason.strip():
        found.append(Finding("DOS-6", Level.BLOCK, "Say why.", code="DOS-6.reason", field="reason"))
    if choice == BACK and phase not in MAY_STEP_BACK:
        text = f"There is no more frequent schedule to step back to: {ADVICE[phase]}"
        found.append(Finding("DOS-6", Level.BLOCK, text, code="DOS-6.phase", field="choice"))
    return found
