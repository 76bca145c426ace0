"""One session as lines of plain words in order of time, for narratives: what was given, seen, raised and done; no names (PMF-6)."""

from collections.abc import Iterator
from datetime import datetime

from sessions.models import Departure, Emergency, EmergencyEntry, Observation, SessionEvent, TreatmentSession
from sessions.picture import Picture

Line = tuple[datetime, str]
PARTS = ("predose_checks", "devices", "observations", "events", "alerts")


def story_of(picture: Picture) -> list[Line]:
    """Every line, in no order: `sessions.rules.narrative.draft` sorts."""
    session = picture.session
    lines: list[Line] = [(row.observed_at, f"device {row.number}, {row.sprays} of 2 sprays") for row in picture.devices]
    lines += [(row.observed_at, check_words(row)) for row in picture.observations]
    lines += [(row.observed_at, event_words(row)) for row in picture.events]
    lines += [(row.raised_at, f"alert: {row.text}") for row in picture.alerts]
    lines += emergency_lines(session)
    lines += [(row.observed_at, departure_words(row)) for row in Departure.objects.standing().filter(session=session)]
    if session.discharged_at is not None:
        lines.append((session.discharged_at, "discharged"))
    return lines


def check_words(check: Observation) -> str:
    """The readings, and whatever of the rest isn't as usual."""
    numbers = [
        f"pressure {check.systolic}/{check.diastolic}" if check.systolic and check.diastolic else "",
        f"pulse {check.pulse}" if check.pulse else "",
        f"SpO₂ {check.spo2} %" if check.spo2 else "",
        f"MOAA/S {check.sedation}" if check.sedation is not None else "",
        f"{check.dissociation} dissociation" if check.dissociation not in ("", "none") else "",
        f"{check.get_breathing_display().lower()} breathing" if check.breathing not in ("", "normal") else "",
        *(f"urgent sign: {sign.replace('_', ' ')}" for sign in check.urgent_signs),
        check.note,
    ]
    before = "before the dose: " if check.kind == Observation.Kind.BASELINE else ""
    return before + (", ".join(word for word in numbers if word) or "check, nothing obtained")


def event_words(event: SessionEvent) -> str:
    details = ", ".join(word for word in (event.what, event.dose, event.route, event.effect) if word)
    return f"{event.get_kind_display().lower()}{': ' + details if details else ''}"


def departure_words(row: Departure) -> str:
    where = f" to {row.destination}" if row.destination else ""
    return f"{row.get_kind_display().lower()}{where}: {row.condition}"


def emergency_lines(session: TreatmentSession) -> Iterator[Line]:
    for row in Emergency.objects.filter(session=session):
        yield row.pressed_at, "emergency called"
        if row.ended_at is not None:
            yield row.ended_at, f"emergency over: {row.get_outcome_display().lower()}{' (' + row.outcome_reason + ')' if row.outcome_reason else ''}"
    for entry in EmergencyEntry.objects.standing().filter(emergency__session=session):
        yield entry.observed_at, f"{entry.get_kind_display()}{': ' + entry.text if entry.text else ''}"
