"""An emergency: which presses are one, what is offered to be tapped, how it may end (MON-5)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from clinic.findings import Finding, Level

# A second press of the same person for the same place within this time is the same press.
SAME_PRESS = timedelta(minutes=1)
# What is done in nearly every emergency; each tap stamps its time. The order is that of the page, no advice.
STEPS: tuple[tuple[str, str], ...] = (
    ("called", "phone"),
    ("prescriber", "stethoscope"),
    ("kit", "briefcase-medical"),
    ("door", "door-open"),
    ("ambulance", "ambulance"),
    ("gone", "hospital"),
)
WITH_REASON = ("false_alarm", "other")
# What somebody should have told before the record is whole; a false alarm has its reason already.
TOLD = ("what",)


def is_same_press(*, pressed_at: datetime, now: datetime) -> bool:
    """Whether a press of the same person for the same place is the earlier one again (MON-5)."""
    return timedelta(0) <= now - pressed_at <= SAME_PRESS


def end_findings(*, outcome: str, reason: str, ended_at: datetime, pressed_at: datetime, now: datetime) -> list[Finding]:
    """What keeps an emergency from being ended: a time that can't be, or a false alarm without its reason."""
    found = []
    if ended_at > now:
        found.append(block("That time hasn't come yet.", "future", "ended_at"))
    # Times are typed in whole minutes.
    if ended_at < pressed_at.replace(second=0, microsecond=0):
        found.append(block("It can't have ended before it was pressed.", "before", "ended_at"))
    if outcome in WITH_REASON and not reason.strip():
        found.append(block("Say why." if outcome == "false_alarm" else "Say what.", "reason", "reason"))
    return found


def is_told(*, outcome: str, kinds: Iterable[str]) -> bool:
    """Whether the record of an ended emergency is whole: somebody has said what happened."""
    return outcome == "false_alarm" or set(TOLD) <= set(kinds)


def block(text: str, code: str, field: str) -> Finding:
    return Finding("MON-5", Level.BLOCK, text, f"MON-5.{code}", field)
