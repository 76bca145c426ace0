"""What voiding a session needs, and when it can be entered again for the right patient (OUT-4)."""

from datetime import date

from clinic.findings import Finding, Level
from sessions.states import Status

# Where a session without a spray can go on; with one, whatever has been given belongs there (gates never hold facts).
WITHOUT_SPRAY = (Status.BOOKED, Status.ARRIVED, Status.WAITING, Status.CLEARED, Status.HELD)
CLOSED = (Status.VOIDED, Status.DISCHARGED)
WRITTEN = tuple(status for status in Status if status not in (Status.BOOKED, Status.CANCELLED, Status.MISSED, Status.VOIDED))
GONE = (Status.LEFT, Status.TRANSFERRED)


def void_findings(*, reason: str, has_devices: bool, has_second: bool, is_same_person: bool) -> list[Finding]:
    """A reason always; a second person where devices are on record (OUT-4)."""
    found = []
    if not reason.strip():
        found.append(Finding("SESSION", Level.BLOCK, "Say why.", code="void.reason", field="reason"))
    if is_same_person:
        found.append(Finding("OUT-4", Level.BLOCK, "The second person is somebody else than you.", code="OUT-4.same", field="second_email"))
    elif has_devices and not has_second:
        text = "Devices are on record: a second person confirms with their own password."
        found.append(Finding("OUT-4", Level.BLOCK, text, code="OUT-4.second", field="second_email"))
    return found


def swap_findings(*, is_same_patient: bool, days: tuple[date, date], statuses: tuple[str, str]) -> list[Finding]:
    """Whether two sessions' records can be exchanged: two patients', of one day, and something is written in both (OUT-4)."""
    if is_same_patient:
        return [Finding("SESSION", Level.BLOCK, "That is the same patient. Void the session instead.", code="swap.same", field="target")]
    if days[0] != days[1]:
        return [Finding("SESSION", Level.BLOCK, "That session is of another day.", code="swap.day", field="target")]
    if not all(status in WRITTEN for status in statuses):
        text = "Nothing is written in one of them. Enter the other one again in the right session instead."
        return [Finding("SESSION", Level.BLOCK, text, code="swap.empty", field="target")]
    return []


def target_findings(
    *, is_same_patient: bool, source_on: date, target_on: date, target_status: str, has_sprays: bool, is_present: bool = False
) -> list[Finding]:
    """Whether what was written in one session can be entered again in another: another patient's, of the same day, not closed.

    A patient who `is_present` is watched until they leave, so nothing is entered where the patient has gone already (MON-1).
    """
    if is_same_patient:
        return [Finding("SESSION", Level.BLOCK, "That is the same patient. Void the session instead.", code="reenter.same", field="target")]
    if source_on != target_on:
        return [Finding("SESSION", Level.BLOCK, "That session is of another day.", code="reenter.day", field="target")]
    if target_status in CLOSED:
        text = "That session is closed. Add what belongs to it as an addendum."
        return [Finding("OUT-2", Level.BLOCK, text, code="reenter.closed", field="target")]
    if is_present and target_status in GONE:
        text = "That visit is over, and this patient is still here. Book them a visit now and enter it there."
        return [Finding("MON-1", Level.BLOCK, text, code="reenter.gone", field="target")]
    if not has_sprays and target_status not in WITHOUT_SPRAY:
        text = f"That visit is {Status(target_status).label.lower()}. Take it back first."
        return [Finding("SESSION", Level.BLOCK, text, code="reenter.over", field="target")]
    return []
