"""By when a monitoring form must be sent, and whether it was (PMF-1, PMF-5). Days are the site's own dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clinic.rules.opening import Calendar


@dataclass(frozen=True, slots=True)
class Deadlines:
    """`due_on` is the REMS' own; `staffed_due_on` the last staffed day on or before it, the real one."""

    due_on: date
    staffed_due_on: date


class Urgency(StrEnum):
    OVERDUE = "overdue"  # the REMS' own day has passed
    LATE = "late"  # the last staffed day has passed, day 7 hasn't
    TODAY = "today"
    TOMORROW = "tomorrow"
    LATER = "later"


def deadlines(day_0: date, form_days: int, calendar: Calendar) -> Deadlines:
    """Both deadlines of a form (PMF-1, PMF-5): the day of treatment is day 0; calendar days `[check]`.

    Where no day after day 0 is staffed, day 0 itself: the site was open then.
    """
    due_on = day_0 + timedelta(days=form_days)
    return Deadlines(due_on, calendar.last_staffed_day(due_on, day_0))


def urgency(limits: Deadlines, today: date) -> Urgency:
    """How pressing an open form is on a day of the site (PMF-5)."""
    if today > limits.due_on:
        return Urgency.OVERDUE
    if today > limits.staffed_due_on:
        return Urgency.LATE
    if today == limits.staffed_due_on:
        return Urgency.TODAY
    return Urgency.TOMORROW if today + timedelta(days=1) == limits.staffed_due_on else Urgency.LATER


def is_in_time(sent_on: date | None, due_on: date) -> bool:
    """PMF-5: the send that was later proven went out by the end of day 7, whenever the proof came."""
    return sent_on is not None and sent_on <= due_on
