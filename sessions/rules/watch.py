"""When something was seen, which planned check it is, and which kind of check (MON-3, MON-7)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from clinic.findings import Finding, Level
from sessions.rules.clocks import CheckState, PlannedCheck

# A check may be taken this much before its time and still be the planned one (the report's window of MON-3 begins 10 minutes early).
EARLY = timedelta(minutes=10)
OLDEST = timedelta(hours=24)


def time_findings(*, observed_at: datetime, now: datetime) -> list[Finding]:
    """A thing is seen before it is written down, and on the same day (MON-7)."""
    if observed_at > now:
        return [Finding("MON-7", Level.BLOCK, "That time hasn't come yet.", code="MON-7.future", field="observed_at")]
    if observed_at < now - OLDEST:
        return [Finding("MON-7", Level.BLOCK, "That is more than a day ago. Check the time.", code="MON-7.old", field="observed_at")]
    return []


def minutes_late(*, observed_at: datetime, recorded_at: datetime, late_after: timedelta) -> int:
    """Whole minutes between seeing and writing when it is a late entry, else 0 (MON-7)."""
    gap = recorded_at - observed_at
    return int(gap.total_seconds() // 60) if gap > late_after else 0


def planned_minute_of(*, observed_at: datetime, checks: Iterable[PlannedCheck]) -> int | None:
    """Which planned check a check at that time is: the latest whose time had come and that nobody has taken yet (MON-3).

    Late is still that check, with its true time; but once the next one's time has come, the earlier stays missed (MON-7).
    """
    reached = [check for check in checks if check.due_at - EARLY <= observed_at]
    if not reached or reached[-1].state is CheckState.DONE:
        return None
    return reached[-1].minute


def kind_of_check(*, is_dosed: bool, planned_minute: int | None, has_open_alert: bool, is_gate_open: bool) -> str:
    """What a check is, so that nobody has to choose: baseline, planned, repeat, final or extra (MON-3, MON-6)."""
    if not is_dosed:
        return "baseline"
    if planned_minute is not None:
        return "planned"
    if has_open_alert:
        return "repeat"
    return "final" if is_gate_open else "extra"
