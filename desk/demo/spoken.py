"""A spoken order of today that waits for its prescriber; those of earlier days are co-signed (DOS-8)."""

from datetime import datetime, timedelta
from uuid import uuid4

from clinic.queries import today_at
from clinic.signatures import IdentityProof
from desk.demo.steps import Floor
from patients.actions import orders
from patients.models import Course, Patient
from patients.queries.cosign import unsigned_spoken


def speak(floor: Floor, patient: Patient, *, now: datetime) -> None:
    """The nurse writes down what the prescriber says on the phone, and reads it back."""
    at = now - timedelta(minutes=35)
    today = today_at(floor.site, at)
    terms = {"dose_mg": 56, "other_dose_reason": "", "sessions": 1, "valid_from_on": today, "valid_until_on": today, "note": "By phone, read back"}
    course = Course.objects.get(patient=patient, ended_at=None)
    said_by, written_by = floor.of_role("prescriber").user, floor.of_role("monitor")
    orders.take_spoken_order(course, fields=terms, ordered_by=said_by, client_key=uuid4(), by=written_by, now=at)


def cosign_all(floor: Floor, *, now: datetime) -> None:
    """What was spoken on earlier days is signed before a new day is played."""
    prescriber = floor.of_role("prescriber")
    for order in unsigned_spoken(floor.site).filter(ordered_by=prescriber.user).order_by("pk"):
        orders.cosign_order(order, proof=IdentityProof(user=prescriber.user, method="password"), by=prescriber, now=now)
