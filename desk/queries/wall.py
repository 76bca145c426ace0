"""What a wall or a room's screen shows of the floor: chairs, phases, clocks, what is due; never who (no identity of a patient)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.models import Screen
from desk.queries.board import Floor
from sessions.states import Status

# Everything that a wall may show of a card: a list of what is let through, never of what is held back.
SHOWN = ("chair", "phase", "first_device_at", "gate_opens_at", "rest_ends_at", "next_due_at", "next_due_label", "is_late", "help_asked_at")
FEW, STEP = timedelta(minutes=5), 5


def wall_cards(floor: Floor, screen: Screen | None = None) -> list[dict[str, object]]:
    """The cards in the chairs' own order: a place on the wall stays a place. A room's screen has its one chair; the locked page has all."""
    taken = {card["chair_pk"] for card in floor.cards if card["phase"] not in ("", Status.HELD)}
    own = screen.chair_id if screen is not None else None
    wanted = [card for card in floor.cards if own is None or card["chair_pk"] == own]
    # Whoever was held has gone home or waits elsewhere: their chair is the next patient's.
    cards = [card for card in wanted if card["phase"] != Status.HELD or card["chair_pk"] not in taken]
    shown = [{name: card.get(name) for name in SHOWN} | {"key": card["key"], "alert": alert_word(card)} for card in cards]
    return sorted(shown, key=lambda card: in_order(str(card["chair"])))


def in_order(name: str) -> tuple[str, int]:
    """ "Chair 10" after "Chair 9"."""
    words, _, number = name.rpartition(" ")
    return (words, int(number)) if number.isdigit() else (name, 0)


def alert_word(card: dict[str, object]) -> str:
    """That there is an alert and how loud, without what it is about."""
    if not card.get("alert_level") or card.get("is_acknowledged"):
        return ""
    return "Act now" if card["alert_level"] == "critical" else "Alert"


@dataclass(frozen=True)
class Calm:
    """A time to go in calm words: `few`, `minutes`, `hours` or `over`, and the numbers that belong to them."""

    key: str
    hours: int = 0
    minutes: int = 0


def calm_time(left: timedelta) -> Calm:
    """About how long: rounded up to five minutes, so that nobody counts seconds for two hours."""
    if left <= timedelta(0):
        return Calm("over")
    if left <= FEW:
        return Calm("few")
    minutes = -(-int(left.total_seconds()) // (60 * STEP)) * STEP
    return Calm("hours", *divmod(minutes, 60)) if minutes >= 60 else Calm("minutes", 0, minutes)


def calm_until(gate_opens_at: datetime, now: datetime) -> datetime:
    """When the words change next."""
    left = gate_opens_at - now
    if left <= timedelta(0):
        return now + timedelta(minutes=STEP)
    return now + (left % timedelta(minutes=STEP) or timedelta(minutes=STEP))
