"""Two people, one record: the same thing changed twice is told with both values; a double tap has one effect."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Equipment, EquipmentCheck, Training
from patients.models import AntidepressantTrial, Contact, Medicine, StandingParameters
from sessions.models import DeviceUse, Observation, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.patients import ready_patient
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db
SLUG = "riverside"


def posted(page: str) -> dict[str, str]:
    """What a form would post: each input's value, the chosen radio, the chosen option."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        values: dict[str, str] = {}
        select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told = dict(attrs)
            name = told.get("name")
            if tag == "select":
                self.select = name or ""
            elif tag == "option" and "selected" in told:
                self.values[self.select] = told.get("value") or ""
            elif tag == "input" and name and (told.get("type") not in ("radio", "checkbox") or "checked" in told):
                self.values[name] = told.get("value") or ("on" if told.get("type") == "checkbox" else "")

    reader = Reader()
    reader.values = {}
    reader.feed(page.split("<main", 1)[1])
    return reader.values


def opened(client: Client, url: str) -> dict[str, str]:
    answer = client.get(url)
    assert answer.status_code == 200
    return posted(answer.content.decode())


def shown(answer) -> str:  # type: ignore[no-untyped-def]
    return html.unescape(answer.content.decode())


def test_one_patient_edited_by_two(cast: Cast, sign_in) -> None:
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    url = reverse("patient_edit", args=[SLUG, patient.pk])
    first, second = sign_in(cast.desk), sign_in(cast.nurse)
    mine, theirs = opened(first, url), opened(second, url)
    assert second.post(url, theirs | {"address": "2 Elm Street", "phone": "518 555 0199"}).status_code == 303
    refused = first.post(url, mine | {"address": "9 Oak Street", "email": "a@home.example"})
    page = shown(refused)
    assert refused.status_code == 422
    assert "now “2 Elm Street”" in page
    assert "9 Oak Street" in page
    patient.refresh_from_db()
    assert (patient.address, patient.email) == ("2 Elm Street", theirs["email"])
    assert first.post(url, posted(refused.content.decode())).status_code == 303
    patient.refresh_from_db()
    assert (patient.address, patient.email, str(patient.phone)) == ("9 Oak Street", "a@home.example", "+15185550199")


@pytest.mark.parametrize(("name", "made", "field"), [("contact_edit", Contact, "relation"), ("trial_edit", AntidepressantTrial, "dose")])
def test_one_row_of_the_chart_edited_by_two(cast: Cast, sign_in, name: str, made, field: str) -> None:  # type: ignore[no-untyped-def]
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    row = made.objects.filter(patient=patient).first()
    url, nurse = reverse(name, args=[SLUG, row.pk]), sign_in(cast.nurse)
    mine = opened(nurse, url)
    assert nurse.post(url, mine | {field: "theirs"}).status_code == 303
    refused = nurse.post(url, mine | {field: "mine"})
    assert (refused.status_code, "now “theirs”" in shown(refused)) == (422, True)
    assert nurse.post(url, posted(refused.content.decode())).status_code == 303
    row.refresh_from_db()
    assert getattr(row, field) == "mine"


def test_the_way_home_set_by_two(cast: Cast, sign_in) -> None:
    session = at_state(Status.MONITORING, cast)
    page, url = reverse("flowsheet", args=[SLUG, session.pk]) + "?step=arrive", reverse("way_home_set", args=[SLUG, session.pk])
    nurse = sign_in(cast.nurse)
    mine = opened(nurse, page)
    assert nurse.post(url, {"way_home": "transit", "opened": mine["opened"]}).status_code == 303
    refused = nurse.post(url, {"way_home": "van", "opened": mine["opened"]})
    assert (refused.status_code, "Changed since you opened it" in shown(refused)) == (422, True)
    session.refresh_from_db()
    assert session.way_home == "transit"


def test_a_visit_moved_by_two(cast: Cast, sign_in) -> None:
    session = at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=1))
    url, desk = reverse("session_move", args=[SLUG, session.pk]), sign_in(cast.desk)
    mine = opened(desk, url)
    assert desk.post(url, mine | {"chair": str(cast.chairs[2].pk)}).status_code == 303
    refused = desk.post(url, mine | {"chair": str(cast.chairs[3].pk)})
    assert (refused.status_code, cast.chairs[2].name in shown(refused)) == (422, True)
    session.refresh_from_db()
    assert session.chair == cast.chairs[2]
    assert desk.post(url, posted(refused.content.decode())).status_code == 303
    assert TreatmentSession.objects.get(pk=session.pk).chair == cast.chairs[3]


def test_one_check_corrected_by_two(cast: Cast, sign_in) -> None:
    session = at_state(Status.MONITORING, cast)
    check = session.observations.get()
    url, nurse = reverse("observation_correct", args=[SLUG, check.pk]), sign_in(cast.nurse)
    mine = opened(nurse, url)
    assert nurse.post(url, mine | {"systolic": "131", "reason": "Misread", "client_key": str(uuid4())}).status_code == 303
    refused = nurse.post(url, mine | {"systolic": "135", "reason": "Mistyped", "client_key": str(uuid4())})
    page = shown(refused)
    assert (refused.status_code, "now “131”" in page, 'value="135"' in page) == (422, True, True)
    newest = Observation.objects.standing().get(session=session)
    again = reverse("observation_correct", args=[SLUG, newest.pk])
    assert f'action="{again}"' in page
    assert nurse.post(again, posted(refused.content.decode())).status_code == 303
    assert Observation.objects.standing().get(session=session).systolic == 135


def test_one_device_corrected_by_two(cast: Cast, sign_in) -> None:
    device = DeviceUse.objects.get(session=at_state(Status.MONITORING, cast), number=1)
    url, nurse = reverse("device_correct", args=[SLUG, device.pk]), sign_in(cast.nurse)
    mine = opened(nurse, url) | {"reason": "Misread"}
    assert nurse.post(url, mine | {"lot": "AA1"}).status_code == 303
    refused = nurse.post(url, mine | {"lot": "BB2", "client_key": str(uuid4())})
    page = shown(refused)
    assert (refused.status_code, "now “AA1”" in page, "BB2" in page) == (422, True, True)
    newest = DeviceUse.objects.standing().get(session_id=device.session_id, number=1)
    assert reverse("device_correct", args=[SLUG, newest.pk]) in page


def test_a_double_tap_has_one_effect(cast: Cast, sign_in) -> None:
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    device = Equipment.objects.filter(site=cast.riverside).first()
    day = TODAY.isoformat()
    posts = [
        (cast.nurse, "medicine_new", patient, {"name": "Lorazepam", "medicine_class": "benzodiazepine"}, Medicine),
        (cast.nurse, "trial_new", patient, {"drug": "Sertraline", "weeks": "8", "outcome": "none"}, AntidepressantTrial),
        (cast.desk, "contact_new", patient, {"kind": "escort", "name": "Bo"}, Contact),
        (
            cast.prescriber,
            "standing_new",
            patient,
            {"predose_systolic": "150", "reason": "Usual", "from_on": day, "until_on": day},
            StandingParameters,
        ),
        (cast.admin, "record_training", cast.of(cast.nurse), {"kind": "rems", "completed_on": day}, Training),
        (cast.admin, "equipment_check", device, {"checked_at": "2026-06-10T09:00", "is_good": "yes"}, EquipmentCheck),
    ]
    for person, name, target, data, model in posts:
        client, before = sign_in(person), model.objects.count()
        told = data | {"client_key": str(uuid4())}
        for _ in range(2):
            assert client.post(reverse(name, args=[SLUG, target.pk]), told).status_code == 303, name
        assert model.objects.count() == before + 1, name


def test_the_key_of_another_patients_post_writes_nothing(cast: Cast, sign_in) -> None:
    first, second = (ready_patient(cast.riverside, cast.of(cast.prescriber)) for _ in range(2))
    told = {"name": "Lorazepam", "medicine_class": "benzodiazepine", "client_key": str(uuid4())}
    nurse = sign_in(cast.nurse)
    nurse.post(reverse("medicine_new", args=[SLUG, first.pk]), told)
    answer = nurse.post(reverse("medicine_new", args=[SLUG, second.pk]), told)
    assert (answer.status_code, "out of date" in shown(answer)) == (422, True)
