"""What somebody must see to on the floor: the one table of kinds, and when each begins (MON-3, MON-6, SET-2, SET-3, SET-4, PMF-1, PMF-5, DOS-8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.rules.presence import GAP_NOTICE, UNCONFIRMED_NOTICE

ACCEPT_WITHIN = timedelta(minutes=5)
HIGH_SEEN_WITHIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Kind:
    """`tone` as for pills; `on_card`: the patient's own card on the board says it already, so the list over the chairs doesn't."""

    code: str
    rule: str
    tone: str
    icon: str
    on_card: bool = False


CHECK = Kind("check_overdue", "MON-3", "act", "alarm-clock", on_card=True)
ROUND = Kind("round_overdue", "MON-3", "warn", "eye", on_card=True)
ALERT = Kind("alert_waiting", "MON-6", "act", "siren", on_card=True)
GAP = Kind(GAP_NOTICE, "SET-2", "act", "stethoscope")
UNCONFIRMED = Kind(UNCONFIRMED_NOTICE, "SET-2", "warn", "hourglass")
OWNER_GONE = Kind("owner_gone", "SET-3", "act", "user-x")
OFFER = Kind("handover_waiting", "SET-3", "act", "hand-helping")
COVER = Kind("cover_over", "SET-3", "warn", "timer")
PAST_CLOSING = Kind("session_open", "PMF-1", "warn", "moon", on_card=True)
CALLED = Kind("prescriber_called", "MON-6", "act", "stethoscope", on_card=True)
FORM = Kind("form_due", "PMF-5", "warn", "file-clock", on_card=True)
ORDER = Kind("order_unsigned", "DOS-8", "warn", "signature")
UNOPENED = Kind("day_unopened", "SET-4", "warn", "door-open")
SHORT = Kind("day_short", "SET-4", "warn", "clipboard-list")
UNCLOSED = Kind("day_unclosed", "DEV-3", "warn", "lock-open")
STRANDED = Kind("visits_on_closed_day", "DOS-9", "warn", "calendar-x")
KINDS: tuple[Kind, ...] = (
    CHECK,
    ROUND,
    ALERT,
    CALLED,
    GAP,
    UNCONFIRMED,
    OWNER_GONE,
    OFFER,
    COVER,
    PAST_CLOSING,
    FORM,
    ORDER,
    UNOPENED,
    SHORT,
    UNCLOSED,
    STRANDED,
)
# What about a session has an end when the patient has gone.
# The desk tells a driver what their text no longer says.
DRIVER_TOLD = "driver_told"
OF_THE_WATCH = (*(kind.code for kind in (CHECK, ROUND, ALERT, CALLED, OWNER_GONE, PAST_CLOSING)), DRIVER_TOLD)


def alert_waits_since(*, tier: str, raised_at: datetime, acknowledged_at: datetime | None) -> datetime | None:
    """From when an alert waits for somebody: critical at once, high after two minutes; never once it was acknowledged (MON-6)."""
    if acknowledged_at is not None:
        return None
    return raised_at if tier == "critical" else raised_at + HIGH_SEEN_WITHIN


def offer_alarms_at(*, offered_at: datetime, accepted_at: datetime | None) -> datetime | None:
    """From when an offer that nobody has accepted alarms."""
    return None if accepted_at is not None else offered_at + ACCEPT_WITHIN


def cover_ends_at(*, accepted_at: datetime | None, minutes: int | None) -> datetime | None:
    """When the giver of a cover is to be back; None for a plain handover, and before it is accepted."""
    return None if accepted_at is None or minutes is None else accepted_at + timedelta(minutes=minutes)


def opening_is_missing(*, has_visits: bool, opens_at: datetime | None, is_opened: bool, now: datetime) -> bool:
    """From opening time of a day with visits on, until somebody has opened it."""
    return has_visits and not is_opened and opens_at is not None and now >= opens_at


def closing_is_missing(*, closes_at: datetime | None, is_opened: bool, is_closed: bool, day_is_over: bool, now: datetime) -> bool:
    """From closing time of a day that was opened on, until somebody has closed it."""
    has_ended = day_is_over or (closes_at is not None and now >= closes_at)
    return is_opened and not is_closed and has_ended


def listed(words: Iterable[str]) -> str:
    """ "a, b and c"."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
