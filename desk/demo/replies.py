"""What patients say by themselves on a demonstration day: a text to read, one that was taken, a STOP, and a wish for another time."""

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from clinic.findings import Refused
from desk.demo.agreements import SENDER, TEXTERS
from patients.models import Patient
from reminders.actions.handling import handle_text
from reminders.actions.receiving import receive_text
from reminders.channels.arrivals import Arrival
from reminders.models import InboundText
from sessions.actions.by_patient import ask_to_move
from sessions.models import TreatmentSession
from sessions.queries.by_patient import offers_for
from sessions.states import Status

if TYPE_CHECKING:
    from desk.demo.live import Script
    from desk.demo.steps import Floor


def write(script: "Script", floor: "Floor") -> None:
    """Only where texts are sent: who can't be texted doesn't answer."""
    if floor.site.slug not in TEXTERS:
        return
    script.add(190, partial(stops, floor))
    script.add(75, partial(thanks, floor))
    script.add(40, partial(asks_to_move, floor))
    script.add(4, partial(is_late, floor))


def text_in(patient: Patient, body: str, at: datetime) -> list[InboundText]:
    arrival = Arrival(provider="http", provider_id=f"demo-{patient.pk}-{at:%Y%m%d%H%M}", to=SENDER, number=str(patient.phone), body=body)
    return receive_text(arrival, now=at)


def coming(floor: "Floor", at: datetime) -> list[TreatmentSession]:
    """Visits to come, the soonest first."""
    rows = TreatmentSession.objects.filter(site=floor.site, status=Status.BOOKED, starts_at__gt=at)
    return list(rows.select_related("patient", "site", "course", "chair").order_by("starts_at", "pk")[:8])


def stops(floor: "Floor", at: datetime) -> None:
    """Somebody who has no visit today wants no more texts."""
    rows = Patient.objects.filter(site=floor.site, text_consent="express", status="active")
    patient = rows.exclude(pk__in=[visit.patient_id for visit in coming(floor, at)]).order_by("-pk").first()
    if patient is not None:
        text_in(patient, "STOP", at)


def thanks(floor: "Floor", at: datetime) -> None:
    """A text that needed nobody but had to be read, and was."""
    for visit in coming(floor, at)[1:2]:
        for text in text_in(visit.patient, "Thank you! My sister drives me home.", at):
            desk = floor.of_role("front_desk").user
            handle_text(text, how="nothing", note="", by=desk, now=at, is_clinician=False)


def is_late(floor: "Floor", at: datetime) -> None:
    """A text that waits for somebody."""
    for visit in coming(floor, at)[:1]:
        text_in(visit.patient, "Hi, the bus is late. I will be there 10 minutes later, is that ok?", at)


def asks_to_move(floor: "Floor", at: datetime) -> None:
    """The first visit of another day for which something else is free."""
    today = at.astimezone(floor.site.zone).date()
    for visit in coming(floor, at):
        offers = offers_for(visit, now=at) if visit.treatment_on > today else []
        for offer in offers[:1]:
            with suppress(Refused):
                ask_to_move(visit, slot_version=visit.slot_version, starts_at=offer.slot.starts_at, client_key=uuid4(), now=at)
                return
