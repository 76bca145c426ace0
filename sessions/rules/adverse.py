"""Serious events: what the record suggests, what a person must say, and how each reaches the REMS or the maker (PMF-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from clinic.findings import Finding, Level
from clinic.rules.opening import day_bounds, local_day

# The outcome words of the monitoring form (PMF-2): any of them makes an event serious.
CRITERIA: tuple[tuple[str, str], ...] = (
    ("hospitalization", "Hospitalization"),
    ("disability", "Disability"),
    ("intervention", "Medical intervention"),
    ("life_threatening", "Life-threatening"),
    ("death", "Death"),
    ("other", "Other"),
)
_KNOWN = frozenset(code for code, _ in CRITERIA)
LONGEST = 2000
OLDEST = timedelta(days=366)


class Way(StrEnum):
    """How an event reaches the REMS or the maker."""

    REPORTED = "reported"
    THIS_FORM = "this_form"
    NEXT_FORM = "next_form"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Signs:
    """What a session's record holds that may speak for a serious event; each as a line of evidence."""

    critical: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()
    emergencies: tuple[str, ...] = ()
    deaths: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A criterion that a person should judge, and why. Never an answer."""

    criterion: str
    label: str
    evidence: tuple[str, ...]


def suggestions(signs: Signs) -> list[Suggestion]:
    """Which questions of seriousness the record raises, with their evidence, in the form's order (PMF-4, PMF-6)."""
    raised = {
        "hospitalization": signs.transfers,
        "intervention": signs.measures,
        "life_threatening": (*signs.critical, *signs.emergencies),
        "death": signs.deaths,
        "other": signs.told,
    }
    return [Suggestion(code, label, raised[code]) for code, label in CRITERIA if raised.get(code)]


def event_findings(
    *, kind: str, began_at: datetime, ended_at: datetime | None, is_serious: bool, criteria: Iterable[str], narrative: str, now: datetime
) -> list[Finding]:
    """What an adverse event can't be kept without (PMF-6)."""
    given = list(criteria)
    wrong = [
        ("kind", "Say what it was.", not kind.strip()),
        ("began_at", "That time hasn't come yet.", began_at > now),
        ("began_at", "That is more than a year ago. Check the day.", began_at < now - OLDEST),
        ("ended_at", "It can't have ended before it began.", ended_at is not None and ended_at < began_at),
        ("ended_at", "That time hasn't come yet.", ended_at is not None and ended_at > now),
        ("criteria", "Choose what made it serious.", is_serious and not given),
        ("criteria", "Choose from the list.", not set(given) <= _KNOWN),
        ("narrative", "Tell what happened.", not narrative.strip()),
        ("narrative", f"At most {LONGEST} characters.", len(narrative) > LONGEST),
    ]
    return [Finding("PMF-6", Level.BLOCK, text, f"PMF-6.{field}", field) for field, text, is_wrong in wrong if is_wrong]


def report_findings(*, phoned_at: datetime, began_at: datetime, number: str, now: datetime) -> list[Finding]:
    """What a phoned report can't be kept without: a number, and a time after the event (PMF-6)."""
    found = []
    if phoned_at > now:
        found.append(Finding("PMF-6", Level.BLOCK, "That time hasn't come yet.", "PMF-6.future", "phoned_at"))
    if phoned_at < began_at.replace(second=0, microsecond=0):
        found.append(Finding("PMF-6", Level.BLOCK, "That is before the event began.", "PMF-6.before", "phoned_at"))
    if not number.strip():
        found.append(Finding("PMF-6", Level.BLOCK, "Which number was called?", "PMF-6.number", "number"))
    return found


def way_of(*, is_reported: bool, is_outpatient: bool, has_open_form: bool, has_later_form: bool, has_next_visit: bool) -> Way:
    """How a serious event is to be reported (PMF-6): this form, the next one, or, with neither, by phone. Inpatient settings phone (SET-6)."""
    if is_reported:
        return Way.REPORTED
    if not is_outpatient:
        return Way.PHONE
    if has_open_form:
        return Way.THIS_FORM
    return Way.NEXT_FORM if has_later_form or has_next_visit else Way.PHONE


def phone_due_at(known_at: datetime, zone: ZoneInfo) -> datetime:
    """By when it is to be phoned: the end of the day on which it became known, by the site's wall. `[check]`"""
    return day_bounds(local_day(known_at, zone), zone)[1]
