"""Plain facts of one session for the tests of the form's rules: first device at START, New York."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sessions.rules.form_facts import AskedFact, DeviceFact, EventFact, FormFacts, PatientFact, PersonFact, Reading
from tests.cast import NOW

START = NOW
FACTS = FormFacts(
    zone=ZoneInfo("America/New_York"),
    patient=PatientFact("Élodie", "Example", date(1980, 2, 3), "female"),
    site_name="Riverside",
    site_address="1 River Road",
    treatment_on=date(2026, 6, 10),
)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def device(number: int = 1, minutes: float = 0, sprays: int = 2, lot: str = "LOT-1") -> DeviceFact:
    return DeviceFact(number, at(minutes), sprays, lot)


def reading(minutes: float, **values: object) -> Reading:
    return replace(Reading(at(minutes), systolic=120, diastolic=80, spo2=98, sedation=5, dissociation="none", breathing="normal"), **values)  # type: ignore[arg-type]


def event(minutes: float, kind: str, text: str = "") -> EventFact:
    return EventFact(at(minutes), kind, text)


def facts(**changes: object) -> FormFacts:
    """One device of two sprays at START unless `devices` says otherwise."""
    return replace(FACTS, **({"devices": (device(),), "given_mg": 28} | changes))  # type: ignore[arg-type]


def asked(**answers: object) -> AskedFact:
    return AskedFact(at(-20), "Nora Nurse", answers)


NORA = PersonFact("Nora Nurse", "+1 518 555 0100", "nora@example.org", "signed the discharge")
