"""Junk on every form before the dose never gives a 500: long, control characters, right-to-left, emoji, huge numbers, wrong dates."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import DutyPeriod
from sessions.states import Status
from tests.cast import Cast
from tests.factories.patients import ready_patient
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
JUNK = (
    "",
    "x" * 5000,
    "\x00\x07",
    "‮ٱلْعَرَبِيَّة",
    "💉" * 40,
    "9" * 400,
    "-1",
    "2026-02-30",
    "25:61",
    "0001-01-01",
    "9999-12-31",
    "' OR 1=1 --",
    "[]",
    "none",
)
WORST = ("x" * 5000, "\x00\x07", "9" * 400)
IDENTIFIED = {"said_name": "on", "said_birth_date": "on"}
START = {**IDENTIFIED, "route": "bulk", "lot": "A1", "expires_on": "2027-01-31"}


def url(name: str, pk: int) -> str:
    return reverse(name, args=["riverside", pk])


def key() -> dict[str, str]:
    return {"client_key": str(uuid4())}


FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "session_arrive": (Status.BOOKED, ("client_key", "said_name", "way_home", "escort")),
    "session_move": (Status.BOOKED, ("client_key", "day", "starts_at", "chair", "dose_mg", "offer", "reason")),
    "session_cancel": (Status.BOOKED, ("reason",)),
    "way_home_set": (Status.ARRIVED, ("way_home", "escort")),
    "session_wait": (Status.ARRIVED, ("reason",)),
    "predose_answer": (Status.ARRIVED, ("client_key", "asked", "last_food", "contraindications", "enrolment", "medicines")),
    "finding_decide": (Status.ARRIVED, ("client_key", "finding", "reason", "step")),
    "session_clear": (Status.ARRIVED, ("client_key",)),
    "dosing_start": (Status.CLEARED, ("client_key", "route", "lot", "expires_on", "said_name")),
    "device_record": (Status.DOSING, ("client_key", "sprays", "observed_at", "observed_by", "lot", "expires_on", "route")),
    "dosing_stop": (Status.DOSING, ("client_key", "reason")),
}
GOOD: dict[str, dict[str, Any]] = {
    "session_move": {"day": "2026-06-11", "starts_at": "11:00", "dose_mg": 56},
    "predose_answer": {"asked": "last_food contraindications enrolment medicines"},
    "dosing_start": START,
    "device_record": {"sprays": 2},
    "session_arrive": {**IDENTIFIED, "way_home": "driver"},
}


@pytest.mark.parametrize("name", list(FIELDS))
def test_junk_is_never_a_500(cast: Cast, sign_in: SignIn, prescriber_here: DutyPeriod, name: str) -> None:
    """Every field at once with each kind of junk, then each field alone with the worst of it."""
    status, fields = FIELDS[name]
    session, client = at_state(status, cast), sign_in(cast.prescriber, htmx=True)
    everywhere = [dict.fromkeys(fields, junk) for junk in JUNK]
    alone = [{field: junk} for field in fields for junk in WORST]
    for data in everywhere + alone:
        answer = client.post(url(name, session.pk), {**key(), **GOOD.get(name, {}), **data})
        assert answer.status_code in (303, 422), data


def test_junk_in_the_address_of_a_booking(cast: Cast, sign_in: SignIn) -> None:
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    client, page = sign_in(cast.desk), reverse("session_book", args=["riverside"])
    for junk in JUNK:
        assert client.get(page, {"patient": junk}).status_code in (200, 404)
        assert client.get(page, {"patient": patient.pk, "day": junk, "starts_at": junk, "chair": junk}).status_code == 200


def test_junk_in_the_search(cast: Cast, sign_in: SignIn) -> None:
    client, page = sign_in(cast.desk), reverse("session_book", args=["riverside"])
    for junk in JUNK:
        assert client.post(page, {"who": junk}).status_code == 200
