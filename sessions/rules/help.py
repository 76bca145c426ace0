"""How soon a patient's call for help should be answered, and what a slow answer is worth: a finding, derived and never stored."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from clinic.findings import Finding, Level

# Practice: somebody is in the room within two minutes.
ANSWER_WITHIN = timedelta(minutes=2)


def help_findings(calls: Iterable[tuple[datetime, datetime | None]], *, now: datetime, within: timedelta = ANSWER_WITHIN) -> list[Finding]:
    """One note per call (asked at, answered at or None) that waited longer than `within`; an open one is judged at `now`."""
    findings = []
    for number, (asked_at, answered_at) in enumerate(calls, start=1):
        waited = (answered_at or now) - asked_at
        if waited <= within:
            continue
        words = f"waited {span(waited)}" if answered_at is not None else f"has waited for {span(waited)}"
        findings.append(Finding("MON-1", Level.NOTE, f"A call for help {words}; {span(within)} are meant.", code=f"help.slow.{number}"))
    return findings


def span(waited: timedelta) -> str:
    """A waiting time in words: seconds count below ten minutes."""
    minutes, seconds = divmod(int(waited.total_seconds()), 60)
    return f"{minutes} min {seconds:02} s" if minutes < 10 and seconds else f"{minutes} min"
