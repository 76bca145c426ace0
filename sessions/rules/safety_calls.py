"""When a safety call is owed and by when (MSG-7, OUT-3)."""

from datetime import date, datetime

# Answers of "suicide risk, asked again" that say more than "not worse" (OUT-1).
WORSE = ("plan", "prescriber", "no")
ALWAYS = ("left", "early")


def was_positive(*, screen: str, readiness: str) -> bool:
    """Whether the last suicide item was positive: the screen of the last visit, or what was answered at leaving after it."""
    return screen == "positive" or readiness in WORSE


def last_was_positive(*, visit_on: date | None, at_visit: bool, scored_on: date | None, at_score: bool) -> bool:
    """Whether the newest suicide item was positive, of a visit or of a score (PHQ-9, MADRS); of one day, either."""
    if visit_on is None or scored_on is None or visit_on == scored_on:
        return at_visit or at_score
    return at_score if scored_on > visit_on else at_visit


def is_owed(*, why: str, is_mdsi: bool, was_positive: bool) -> bool:
    """After leaving without a sign-off always; after a missed, held or cancelled visit of an MDSI patient or after a positive item (MSG-7)."""
    return why in ALWAYS or is_mdsi or was_positive


def due_at(*, now: datetime, closing_at: datetime | None, day_ends_at: datetime) -> datetime:
    """The same day (MSG-7): by closing while the site is open, else by the end of the day."""
    return closing_at if closing_at is not None and closing_at > now else day_ends_at
