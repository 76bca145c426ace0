"""How a site's policy may change: within bounds, from a coming day, and never backwards (MON-1, MON-3, MON-6, SET-10)."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from clinic.findings import Finding, block_at
from clinic.roles import LICENSED

# name: (lowest, highest). Wide, but no typing error passes.
BOUNDS: dict[str, tuple[int, int]] = {
    "minimum_watch_minutes": (120, 480),
    "check_grace_minutes": (0, 15),
    "check_after_minutes": (5, 60),
    "final_check_minutes": (5, 60),
    "round_minutes": (5, 60),
    "late_entry_minutes": (5, 60),
    "predose_max_age_minutes": (5, 120),
    "rest_minutes": (5, 30),
    "predose_systolic": (100, 220),
    "predose_diastolic": (60, 140),
    "high_systolic": (120, 240),
    "high_diastolic": (70, 150),
    "critical_systolic": (140, 260),
    "critical_diastolic": (80, 160),
    "low_spo2": (85, 99),
    "critical_spo2": (80, 98),
    "critical_moaas": (0, 4),
    "visit_before_minutes": (0, 180),
    "visit_after_minutes": (120, 600),
    "minimum_gap_days": (1, 3),
    "chairs_per_monitor": (1, 12),
    "intake_step_days": (1, 90),
    "benefit_review_weeks": (1, 26),
    "madrs_suicide_from": (1, 6),
    "lock_after_minutes": (2, 60),
    "sign_in_hours": (1, 24),
}
# (high, critical, which way is worse)
LIMIT_PAIRS = (("high_systolic", "critical_systolic", 1), ("high_diastolic", "critical_diastolic", 1), ("low_spo2", "critical_spo2", -1))
LATEST_START = timedelta(days=366)


def bounds_findings(values: Mapping[str, Any]) -> list[Finding]:
    """Every number within its bounds."""
    return [
        block_at(name, "MON-1" if name == "minimum_watch_minutes" else "MON-6", f"Between {lowest} and {highest}.")
        for name, (lowest, highest) in BOUNDS.items()
        if name in values and not lowest <= values[name] <= highest
    ]


def policy_findings(values: Mapping[str, Any]) -> list[Finding]:
    """What one version must hold in itself: bounds, limits in order, checks that begin with 0, licensed signers."""
    found = bounds_findings(values)
    for high, critical, sign in LIMIT_PAIRS:
        if (values[critical] - values[high]) * sign < 0:
            found.append(block_at(critical, "MON-6", "The critical limit must lie beyond the high one."))
    found += check_findings(values["check_minutes"], values["minimum_watch_minutes"])
    signers = values["signing_credentials"]
    if not signers or not set(signers) <= {str(one) for one in LICENSED}:
        found.append(block_at("signing_credentials", "SET-10", "Choose at least one; only licensed credentials may sign."))
    if values.get("both_to_sign") and not values.get("second_factor"):
        found.append(block_at("both_to_sign", "OUT-2", "Nobody has a second step to sign with where sign-in asks for none."))
    if values["visit_after_minutes"] < values["minimum_watch_minutes"]:
        found.append(block_at("visit_after_minutes", "DOS-9", "A visit can't be shorter than the watch."))
    return found


def check_findings(minutes: list[int], minimum_watch: int) -> list[Finding]:
    """MON-3: baseline at 0, one between 30 and 50, none after the watch; rising."""
    if not minutes or minutes != sorted(set(minutes)) or minutes[0] != 0 or len(minutes) > 20:
        return [block_at("check_minutes", "MON-3", "Begin with 0 and let the minutes rise, for example 0, 40, 120.")]
    if not any(30 <= minute <= 50 for minute in minutes):
        return [block_at("check_minutes", "MON-3", "One check must lie between 30 and 50 minutes: the form asks for it.")]
    if minutes[-1] > minimum_watch:
        return [block_at("check_minutes", "MON-3", "The last planned check lies after the minimum watch.")]
    return []


def start_findings(effective_on: date, today: date, taken: Collection[date]) -> list[Finding]:
    """A change begins tomorrow at the earliest: today's sessions are judged by what they began under."""
    if effective_on <= today:
        return [block_at("effective_on", "MON-2", "A change begins tomorrow at the earliest.")]
    if effective_on > today + LATEST_START:
        return [block_at("effective_on", "MON-2", "Plan at most a year ahead.")]
    return [block_at("effective_on", "MON-2", "A version already begins on that day.")] if effective_on in taken else []


def withdrawal_findings(effective_on: date, today: date) -> list[Finding]:
    """Only a version that hasn't begun may be taken back."""
    return [] if effective_on > today else [block_at("effective_on", "MON-2", "This version has begun; it stays on record.")]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Name → (before, after) of what differs, in the order of `after`."""
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}
