"""When a safety call is owed and by when (MSG-7, OUT-3)."""

from datetime import datetime

# Answers of "suicide risk, asked again" that say more than "not worse" (OUT-1).
WORSE = ("plan", "prescriber", "no")
ALWAYS = ("left", "early")


def was_positive(*, screen: str, readiness: str) -> bool:
    """Whether the last suicide item was positive: the screen of the last visit, or what was answered at leaving after it."""
    return screen == "positive" or readiness in WORSE


def is_owed(*, why: str, is_mdsi: bool, was_positive: bool) -> bool:
    """After leaving without a sign-off always; after a missed, held or cancelled visit of an MDSI patient or after a positive item (MSG-7)."""
    return why in ALWAYS or is_mdsi or was_positive


def due_at(*, now: datetime, closing_at: datetime | None, day_ends_at: datetime) -> datetime:
    """The same day (MSG-7): by closing while the site is open, else by the end of the day."""
    return closing_at if closing_at is not None and closing_at > now else day_ends_at
