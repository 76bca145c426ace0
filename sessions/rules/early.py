"""What an early discharge may go past, and what it needs: a reason, and a prescriber's second signature (OUT-3)."""

from collections.abc import Collection, Iterable

from clinic.findings import Finding, Level

PASSES = ("MON-1", "OUT-1")
# Nothing was found out about the patient yet, or there is no watch that could end early: this comes first.
NOT_ASKED = ("OUT-1.none", "OUT-1.old", "MON-1.no_device")


def may_pass(finding: Finding) -> bool:
    """Whether OUT-3 goes past a finding: the time and what was found about the patient; what nobody has asked is asked first."""
    return finding.rule in PASSES and finding.key not in NOT_ASKED and not finding.key.endswith(".open")


def early_findings(in_the_way: Iterable[Finding], *, shown: Collection[str], reason: str) -> list[Finding]:
    """Why an early discharge is refused (OUT-3). `in_the_way` is what the gate says now, `shown` the keys that the signers saw."""
    listed = list(in_the_way)
    if not listed:
        return [Finding("OUT-3", Level.BLOCK, "Nothing stands in the way: sign the discharge the usual way.", code="OUT-3.open")]
    firm = [finding for finding in listed if not may_pass(finding)]
    if firm:
        return firm
    if any(finding.key not in shown for finding in listed):
        text = "Something has changed since you opened this page. Read the list again, then sign."
        return [Finding("OUT-3", Level.BLOCK, text, code="OUT-3.changed")]
    if not reason.strip():
        return [Finding("OUT-3", Level.BLOCK, "Say why the patient leaves now.", code="OUT-3.reason", field="reason")]
    return []


def second_findings(*, is_same_person: bool, is_prescriber: bool) -> list[Finding]:
    """The second signature is another person's, and a prescriber's (OUT-3)."""
    if is_same_person:
        return [Finding("OUT-3", Level.BLOCK, "The second signature is another person's.", code="OUT-3.same", field="second_email")]
    if not is_prescriber:
        return [Finding("OUT-3", Level.BLOCK, "The second signature is a prescriber's.", code="OUT-3.prescriber", field="second_email")]
    return []
