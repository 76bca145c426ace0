"""A patient's device for the tests of their pages: the link's address, and the birth date proved once."""

from django.test import Client

from reminders import links
from sessions.models import TreatmentSession

WRONG = {"year": "1990", "month": "1", "day": "1"}


def address(visit: TreatmentSession, page: str = "") -> str:
    return f"/v/{links.token_for(visit, useless_at=visit.ends_at)}/{page}"


def birth_of(visit: TreatmentSession) -> dict[str, str]:
    on = visit.patient.birth_on
    return {"year": str(on.year), "month": str(on.month), "day": f"{on.day:02}"}


def prove(client: Client, visit: TreatmentSession) -> Client:
    assert client.post(address(visit, "birth/"), birth_of(visit)).status_code == 303
    return client
