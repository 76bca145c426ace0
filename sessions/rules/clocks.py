"""The clocks of one session: the two hours, the rest after a device, the checks that are due (DOS-2, MON-1…MON-3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class CheckState(StrEnum):
    DONE = "done"
    LATE = "late"
    DUE = "due"
    LATER = "later"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class ClockPolicy:
    """The site's decisions about clocks, as plain values (SitePolicy, PAT-8)."""

    gate_from_last: bool
    checks_from_last: bool
    minimum_watch: timedelta
    check_minutes: tuple[int, ...]
    grace: timedelta
    after: timedelta
    final_max_age: timedelta
    round_every: timedelta
    rest: timedelta


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    minute: int
    due_at: datetime
    state: CheckState

    @property
    def is_late(self) -> bool:
        return self.state is CheckState.LATE


def gate_opens_at(*, first_device_at: datetime, last_device_at: datetime, policy: ClockPolicy) -> datetime:
    """When the minimum watch has been served, from the device that the site counts from (MON-1, MON-2)."""
    return (last_device_at if policy.gate_from_last else first_device_at) + policy.minimum_watch


def rest_ends_at(*, last_device_at: datetime, policy: ClockPolicy) -> datetime:
    """When the five minutes after a device are over (DOS-2)."""
    return last_device_at + policy.rest


def planned_checks(
    *, first_device_at: datetime, last_device_at: datetime, policy: ClockPolicy, done_minutes: Iterable[int], now: datetime
) -> list[PlannedCheck]:
    """The template's checks after the baseline with their state at `now` (MON-3).

    A check without an observation is late once its grace is over, and missed once the next one's time has come (MON-7).
    """
    start = last_device_at if policy.checks_from_last else first_device_at
    minutes = [minute for minute in policy.check_minutes if minute > 0]
    done = set(done_minutes)
    checks = []
    for index, minute in enumerate(minutes):
        due_at = start + timedelta(minutes=minute)
        next_due = start + timedelta(minutes=minutes[index + 1]) if index + 1 < len(minutes) else None
        checks.append(PlannedCheck(minute, due_at, check_state(minute in done, due_at, next_due, policy.grace, now)))
    return checks


def after_the_end(checks: Iterable[PlannedCheck]) -> list[PlannedCheck]:
    """When the patient has gone nothing is due any more: what was due and not taken was missed (MON-7)."""
    open_still = (CheckState.LATE, CheckState.DUE)
    return [replace(check, state=CheckState.MISSED) if check.state in open_still else check for check in checks]


def check_state(is_done: bool, due_at: datetime, next_due_at: datetime | None, grace: timedelta, now: datetime) -> CheckState:
    """One check's state at `now` (MON-3, MON-7)."""
    if is_done:
        return CheckState.DONE
    if next_due_at is not None and now >= next_due_at:
        return CheckState.MISSED
    if now > due_at + grace:
        return CheckState.LATE
    return CheckState.DUE if now >= due_at - grace else CheckState.LATER


def next_check_due_at(*, checks: Sequence[PlannedCheck], last_observed_at: datetime | None, policy: ClockPolicy) -> datetime | None:
    """When the next check is due: the first open planned one, else the interval after the last (MON-3). None before any device."""
    for check in checks:
        if check.state in (CheckState.LATE, CheckState.DUE, CheckState.LATER):
            return check.due_at
    if not checks:
        return None
    last = checks[-1].due_at if last_observed_at is None else max(checks[-1].due_at, last_observed_at)
    return last + policy.after


def next_round_due_at(*, first_device_at: datetime, seen_at: Iterable[datetime], policy: ClockPolicy) -> datetime:
    """When the patient should be seen again, by a round or a check (MON-3)."""
    return max([first_device_at, *seen_at]) + policy.round_every
