"""What else belongs in a session's record: its emergency, and how the patient went when nobody signed them out (MON-5, OUT-3)."""

from typing import Any

from sessions.models import Departure
from sessions.models.departure import CallWay
from sessions.picture import Picture
from sessions.queries.story import emergency_lines
from sessions.queries.timeline import people, row_entry
from sessions.states import Status

WENT = (Status.LEFT, Status.TRANSFERRED, Status.VOIDED)


def emergency_entries(picture: Picture) -> list[dict[str, Any]]:
    """The press, each step and the end; no query where there was none."""
    if not getattr(picture.session, "had_emergency", True):
        return []
    return [row_entry(at, text[:1].upper() + text[1:], "", "act", "siren") for at, text in emergency_lines(picture.session)]


def departure_entries(picture: Picture) -> list[dict[str, Any]]:
    """That the patient went without a sign-off, or by ambulance: who saw it, how they were, who was called."""
    if picture.session.status not in WENT:
        return []
    rows = Departure.objects.standing().filter(session=picture.session).select_related("recorded_by", "observed_by")
    return [row_entry(row.observed_at, row.get_kind_display(), departure_text(row), "warn", "log-out", by=people(row)) for row in rows]


def departure_text(row: Departure) -> str:
    calls = (("patient", row.patient_called), ("contact", row.contact_called), ("911", row.emergency_called))
    called = [f"{who} called ({CallWay(how).label.lower()})" for who, how in calls if how]
    to = [f"to {row.destination}" if row.destination else "", f"with {row.handed_to}" if row.handed_to else ""]
    return ", ".join(part for part in (row.condition, *to, *called, row.note) if part)
