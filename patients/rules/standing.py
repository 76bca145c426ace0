"""A patient's own limits, set by a prescriber for a time (PAT-8)."""

from collections.abc import Mapping
from datetime import date

MOST_DAYS = 366
# (least, most) that a limit can sensibly be; outside of it somebody mistyped.
RANGES: dict[str, tuple[int, int]] = {
    "predose_systolic": (100, 220),
    "predose_diastolic": (60, 130),
    "high_systolic": (110, 240),
    "high_diastolic": (70, 140),
    "low_spo2": (80, 99),
    "minimum_watch_minutes": (0, 720),
}
PAIRS = (("predose_systolic", "predose_diastolic"), ("high_systolic", "high_diastolic"))


def is_in_force(*, from_on: date, until_on: date, ended_on: date | None, on: date) -> bool:
    """Whether parameters hold on a site-local day (PAT-8). On the day they were ended they no longer do."""
    return from_on <= on <= until_on and (ended_on is None or on < ended_on)


def standing_problems(*, values: Mapping[str, int | None], from_on: date, until_on: date, today: date, minimum_watch_minutes: int) -> dict[str, str]:
    """What can't be about new parameters, by field; "" is the form as a whole (PAT-8, MON-1)."""
    if all(values.get(field) is None for field in RANGES):
        return {"": "Set at least one limit."}
    problems = {field: f"Between {least} and {most}." for field, (least, most) in RANGES.items() if not _within(values.get(field), least, most)}
    for systolic, diastolic in PAIRS:
        upper, lower = values.get(systolic), values.get(diastolic)
        if upper is not None and lower is not None and lower >= upper:
            problems.setdefault(diastolic, "Diastolic lies below systolic.")
    minutes = values.get("minimum_watch_minutes")
    if minutes is not None and minutes < minimum_watch_minutes:
        problems["minimum_watch_minutes"] = f"MON-1: at least {minimum_watch_minutes} minutes."
    return problems | _period_problem(from_on, until_on, today)


def _within(value: int | None, least: int, most: int) -> bool:
    return value is None or least <= value <= most


def _period_problem(from_on: date, until_on: date, today: date) -> dict[str, str]:
    if until_on < from_on:
        return {"until_on": "The end lies before the start."}
    if until_on < today:
        return {"until_on": "This day has passed."}
    if (until_on - from_on).days > MOST_DAYS:
        return {"until_on": "A year at most; a prescriber looks again then."}
    return {}
