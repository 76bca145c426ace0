"""The watch and the leaving in one line, over HTTP: checked, readied, signed out, and the board shows it."""

import re
from datetime import timedelta
from uuid import uuid4

from django.urls import reverse

from sessions.models import Discharge, Observation
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import GOOD_VITALS, at_state

READY = {
    "alert": "yes", "dissociation": "yes", "breathing": "yes", "pressure": "yes", "nausea": "yes", "moves": "yes", "suicide_risk": "not_worse",
    "way_home": "here", "driving": "yes", "sheet": "yes",
}  # fmt: skip


def test_from_the_last_check_to_the_signed_discharge(cast, sign_in, prescriber_here):
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=128))
    nurse = sign_in(cast.nurse)
    args = ["riverside", session.pk]

    assert nurse.get(reverse("flowsheet", args=args)).status_code == 200
    answer = nurse.post(reverse("observation_record", args=args), {**GOOD_VITALS, "pulse": 75, "client_key": uuid4()})
    assert answer.status_code == 303, answer.content.decode()
    assert Observation.objects.get(session=session, planned_minute=120).kind == "planned"

    answer = nurse.post(reverse("readiness_record", args=args), {**READY, "client_key": uuid4()})
    assert answer.status_code == 303, answer.content.decode()
    page = nurse.get(answer["Location"]).content.decode()
    sign = {"password": PASSWORD, "version": re.search(r'name="version" value="(\w+)"', page)[1]}
    assert nurse.post(reverse("round_record", args=args), {"client_key": uuid4()}).status_code == 303
    answer = nurse.post(reverse("session_discharge", args=args), {**sign, "client_key": uuid4()})
    assert answer.status_code == 422
    assert "The record has changed since this page was shown" in answer.content.decode()
    sign["version"] = re.search(r'name="version" value="(\w+)"', answer.content.decode())[1]
    answer = nurse.post(reverse("session_discharge", args=args), {**sign, "client_key": uuid4()})
    assert answer.status_code == 303, answer.content.decode()

    session.refresh_from_db()
    assert session.status == "discharged"
    assert Discharge.objects.get(session=session).discharged_by == cast.nurse
    signed = nurse.get(reverse("flowsheet", args=args), headers={"HX-Request": "true"}).text
    assert "Discharge signed at 10:00" in signed
    assert "The monitoring form comes next" in signed
    page = nurse.get(reverse("board", args=["riverside"])).content.decode()
    assert "Discharged" in page
    assert session.patient.short_name in page
    assert nurse.get(reverse("flowsheet", args=args) + "?step=leave").status_code == 200
    assert nurse.get(reverse("session_record", args=args)).status_code == 200
    assert nurse.get(reverse("leaving_sheet", args=args)).status_code == 200
