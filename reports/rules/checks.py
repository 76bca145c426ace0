"""Checks: missing, late, entered late; readings that repeat and digits that are preferred (MON-3, MON-4, MON-7)."""

from datetime import date, timedelta
from itertools import pairwise

from reports.rules.facts import SessionFacts
from reports.rules.measure import Answer, Band, Beside, Group, Kind, Measure, amounts, yes_no
from reports.rules.words import DOSED, RUNNING
from sessions.rules.clocks import CheckState, PlannedCheck
from sessions.rules.vitals import is_same_reading


def share_of_checks(facts: SessionFacts, hits: int) -> Answer | None:
    """Hits among the planned checks whose time had come."""
    of = sum(check.state in (CheckState.DONE, CheckState.MISSED) for check in facts.planned_checks)
    return Answer(hits=hits, of=of) if of else None


def taken(facts: SessionFacts, today: date) -> Answer | None:
    """Planned checks that were taken."""
    return share_of_checks(facts, sum(check.state is CheckState.DONE for check in facts.planned_checks))


def in_time(facts: SessionFacts, today: date) -> Answer | None:
    """Planned checks taken within the site's grace."""
    return share_of_checks(facts, sum(check.state is CheckState.DONE and not is_late(facts, check) for check in facts.planned_checks))


def is_late(facts: SessionFacts, check: PlannedCheck) -> bool:
    """The first reading of a check lies behind its grace."""
    at = min(reading.at for reading in facts.readings if reading.planned_minute == check.minute)
    return at > check.due_at + facts.terms.clocks.grace


def delays_of(facts: SessionFacts) -> list[timedelta]:
    """From seeing to writing down, of each check and device."""
    return [*(one.entered_at - one.at for one in facts.readings), *(one.entered_at - one.at for one in facts.devices)]


def entered_in_time(facts: SessionFacts, today: date) -> Answer | None:
    """Checks and devices written down within the site's minutes of being seen (MON-7)."""
    if not facts.is_dosed:
        return None
    delays = delays_of(facts)
    return Answer(hits=sum(delay <= facts.terms.late_entry for delay in delays), of=len(delays))


def has_no_copies(facts: SessionFacts, today: date) -> Answer | None:
    """Whether no check repeats the one before it in every value (MON-4). Asked of sessions with two checks or more."""
    if not facts.is_dosed or len(facts.readings) < 2:
        return None
    in_order = [reading._asdict() for reading in sorted(facts.readings, key=lambda reading: reading.at)]
    return yes_no(not any(is_same_reading(later, earlier) for earlier, later in pairwise(in_order)))


def last_digits_of(facts: SessionFacts) -> list[int]:
    """Of every systolic and diastolic value."""
    values = (value for reading in facts.readings for value in (reading.systolic, reading.diastolic) if value is not None)
    return [value % 10 for value in values] if facts.is_dosed else []


def ends_in_zero(facts: SessionFacts, today: date) -> Answer | None:
    digits = last_digits_of(facts)
    return Answer(hits=digits.count(0), of=len(digits)) if digits else None


def last_digits(facts: SessionFacts, today: date) -> Answer | None:
    return amounts(last_digits_of(facts))


def latest_entry(facts: SessionFacts) -> str:
    """The longest time between seeing and writing down, in words."""
    longest = max(delays_of(facts), default=timedelta(0))
    return f"Longest: {int(longest.total_seconds() // 60)} min"


G = Group.CHECKS
DIGITS = tuple(Band(str(digit), digit, digit) for digit in range(10))
EVEN = Beside("Chance alone gives 10 % (20 % on a cuff that shows even numbers). Far more points to rounding.", 10.0)
MEASURES = (
    Measure("checks_taken", "MON-3", G, "Were the planned checks taken?", "Planned checks that were taken.", "Planned checks whose time had come.", RUNNING, taken),
    Measure(
        "checks_in_time", "MON-3", G, "Were the planned checks taken in time?", "Planned checks taken within the site's grace.",
        "Planned checks whose time had come; a missing one isn't in time.", RUNNING, in_time,
    ),
    Measure(
        "entered_in_time", "MON-7", G, "Were checks and devices written down at once?", "Written down within the site's minutes of being seen.",
        "Checks and devices that stand. A correction counts from its first entry.", "Sessions without a spray.", entered_in_time, detail=latest_entry,
    ),
    Measure(
        "no_copies", "MON-4", G, "Is every check a new one?", "No check repeats the one before it in every value.", DOSED + " With two checks or more.",
        "Checks with fewer than three numbers.", has_no_copies,
    ),
    Measure(
        "last_digit", "MON-4", G, "How many pressures end in 0?", "Systolic and diastolic values that end in 0.", "All of them. " + DOSED,
        "Values not obtained.", ends_in_zero, Kind.SHARE, beside=EVEN,
    ),
    Measure(
        "last_digits", "MON-4", G, "Which last digit do pressures prefer?", "Values that end in the digit that occurs most often.",
        "All systolic and diastolic values. " + DOSED, "Values not obtained.", last_digits, Kind.SPREAD, beside=EVEN, bands=DIGITS,
    ),
)  # fmt: skip
