"""Two people change one row: what each typed, put together field by field; only the same field changed twice is a clash (design.md)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any


def as_text(value: Any) -> str:
    """A value as a page carries it from the moment it was opened: rows by their key, nothing as nothing."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if hasattr(value, "pk"):
        return str(value.pk)
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


def merge(*, opened: Mapping[str, str], typed: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values to keep, and the names of those that somebody else changed otherwise since the page was opened.

    `opened` holds as text what the page showed; a field that it doesn't name is kept as typed. What the other changed and this person
    left alone stays the other's.
    """
    kept: dict[str, Any] = {}
    clashes = []
    for name, value in typed.items():
        was, stands, mine = opened.get(name), as_text(current[name]), as_text(value)
        if was is None or stands in (was, mine):
            kept[name] = value
        elif mine == was:
            kept[name] = current[name]
        else:
            clashes.append(name)
    return kept, clashes
