"""What one day is about: a move that few sessions make by themselves, so that a long run makes every move of the table often enough."""

from __future__ import annotations

from tests.machine.oracle import sprayed
from tests.machine.world import Turn

Theme = tuple[str, str]
ACTS = {
    "waiting": "wait", "held": "hold", "left": "record_left", "transferred": "record_transfer", "voided": "void_session", "cancelled": "cancel",
    "missed": "mark_missed", "booked": "rebook", "dosing": "record_device", "arrived": "reopen", "discharged": "discharge",
}  # fmt: skip
# The short way to the state that a theme begins in.
TOWARDS: dict[str, dict[str, str]] = {
    "waiting": {"booked": "arrive", "arrived": "wait"},
    "held": {"booked": "arrive", "arrived": "hold"},
    "left": {"booked": "arrive", "arrived": "record_left"},
    "transferred": {"booked": "arrive", "arrived": "record_transfer"},
    "dosing": {"booked": "record_device"},
    "monitoring": {"booked": "record_device", "dosing": "record_device"},
    "discharged": {"booked": "record_device", "dosing": "record_device"},
    "cancelled": {"booked": "cancel"},
    "missed": {"booked": "mark_missed"},
}
SELDOM: dict[str, tuple[str, ...]] = {
    "booked": ("missed", "cancelled", "dosing", "voided"),
    "arrived": ("left", "voided"),
    "waiting": ("held", "left", "transferred", "dosing", "voided"),
    "cleared": ("waiting", "held", "left", "transferred", "voided"),
    "held": ("arrived", "left", "transferred", "dosing", "voided"),
    "dosing": ("held", "left", "transferred", "voided"),
    "monitoring": ("dosing", "left", "transferred", "voided"),
    "cancelled": ("booked", "dosing", "voided"),
    "missed": ("booked", "dosing", "voided"),
    "discharged": ("voided",),
    "left": ("voided",),
    "transferred": ("voided",),
}  # fmt: skip
THEMES: list[Theme] = [(old, new) for old, many in SELDOM.items() for new in many]


def themed(turn: Turn, pk: int) -> str:
    """The step that the day's theme wants of a session now; empty when it wants nothing of it."""
    theme, session = turn.world.theme, turn.shot.session(pk)
    if theme is None or not turn.pick(range(6)):
        return ""
    old, new = theme
    if session.status != old:
        return TOWARDS.get(old, {}).get(session.status, "")
    has_spray = bool(sprayed(turn.shot, session))
    if theme == ("monitoring", "dosing") or (theme == ("dosing", "held") and has_spray):
        return "undo_device"
    return ACTS[new]


def wanted(turn: Turn) -> list[int]:
    """The sessions that the theme could begin with now."""
    theme = turn.world.theme
    return [row.id for row in turn.shot.rows("treatmentsession") if theme is not None and row.status == theme[0]]
