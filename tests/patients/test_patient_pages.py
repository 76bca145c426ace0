"""What is asked about a patient before they are registered or changed."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.models import AuditEntry
from patients.actions import patient as actions
from patients.models import Patient
from tests.cast import NOW, Cast
from tests.factories.patients import PatientFactory
from tests.patients.pages import PERSON

pytestmark = pytest.mark.django_db


def post_new(client, **changes: str):
    return client.post(reverse("patient_new", args=["riverside"]), {**PERSON, **changes})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birth_on": "2026-06-11"}, "birth_on"),
        ({"birth_on": "1850-01-01"}, "birth_on"),
        ({"birth_on": "31/31/1980"}, "birth_on"),
        ({"last_name": "   "}, "last_name"),
        ({"first_name": "A\u202eb"}, "first_name"),
        ({"first_name": "12"}, "first_name"),
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"may_email": "on"}, "email"),
        ({"sex": "banana"}, "sex"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_kept(changes: dict, field: str, cast: Cast, sign_in) -> None:
    response = post_new(sign_in(cast.desk), **changes)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "A-77" in response.content.decode()
    assert not Patient.objects.exists()


@pytest.mark.parametrize("birth_on", ["1920-01-01", "2015-01-01"])
def test_an_unlikely_birth_date_is_asked_about(birth_on: str, cast: Cast, sign_in) -> None:
    client = sign_in(cast.desk)
    asked = post_new(client, birth_on=birth_on)
    assert asked.status_code == 422
    assert "Is the year right? Yes, this date of birth is right." in asked.content.decode()
    assert post_new(client, birth_on=birth_on, confirm_birth="on").status_code == 303


def test_a_namesake_is_asked_about(cast: Cast, sign_in) -> None:
    PatientFactory(site=cast.riverside, last_name="Los", first_name="Elodie", birth_on=date(1990, 2, 3), created_by=cast.desk)
    client = sign_in(cast.desk)
    assert b"confirm_other" in post_new(client).content
    assert post_new(client, confirm_other="on").status_code == 303


def test_an_mrn_is_given_once_per_site(cast: Cast, sign_in) -> None:
    PatientFactory(site=cast.riverside, mrn="A-77", created_by=cast.desk)
    response = post_new(sign_in(cast.desk))
    assert response.status_code == 422
    assert response.context["form"].errors["mrn"] == ["This site already has a patient with that MRN."]
    PatientFactory(site=cast.hillcrest, mrn="A-78", created_by=cast.stranger)
    assert post_new(sign_in(cast.desk), mrn="A-78").status_code == 303


def test_an_edit_names_the_changed_fields_alone(cast: Cast, sign_in) -> None:
    patient = PatientFactory(site=cast.riverside, created_by=cast.desk)
    data = {**PERSON, "mrn": patient.mrn, "sex": patient.sex, "email": patient.email, "may_email": "on", "phone": str(patient.phone)}
    sign_in(cast.desk).post(reverse("patient_edit", args=["riverside", patient.pk]), data)
    body = AuditEntry.objects.get(action="patient.edited").body
    assert 'change fields ["birth_on", "first_name", "last_name", "name_folded"]' in body


def test_an_edit_without_a_change_leaves_no_entry(cast: Cast, sign_in) -> None:
    patient = PatientFactory(site=cast.riverside, created_by=cast.desk, time_zone="Europe/Warsaw")
    client = sign_in(cast.desk)
    page = client.get(reverse("patient_edit", args=["riverside", patient.pk]))
    initial = {name: value for name, value in page.context["form"].initial.items() if value not in (None, False)}
    assert client.post(page.request["PATH_INFO"], initial).status_code == 303
    assert not AuditEntry.objects.filter(action="patient.edited").exists()


@pytest.mark.parametrize("status", ["paused", "ended", "deceased"])
def test_a_status_needs_its_reason(status: str, cast: Cast, sign_in) -> None:
    patient = PatientFactory(site=cast.riverside, created_by=cast.desk)
    response = sign_in(cast.desk).post(reverse("patient_status", args=["riverside", patient.pk]), {"status": status})
    assert response.status_code == 422
    assert "reason" in response.context["form"].errors


def test_a_name_is_never_run_as_a_template(cast: Cast, sign_in) -> None:
    PatientFactory(site=cast.riverside, last_name="{% load nothing %}<b>", first_name="{{ x }}", birth_on=date(1990, 2, 3), created_by=cast.desk)
    client = sign_in(cast.desk)
    response = post_new(client, last_name="{% load nothing %}<b>", first_name="{{ x }}")
    assert response.status_code == 422
    assert "{% load nothing %}&lt;b&gt;, {{ x }} (MRN" in response.content.decode()
    assert client.get(reverse("patient_chart", args=["riverside", Patient.objects.get().pk])).status_code == 200


def test_an_mrn_taken_by_another_stops_an_edit(cast: Cast, sign_in) -> None:
    PatientFactory(site=cast.riverside, mrn="A-77", created_by=cast.desk)
    patient = PatientFactory(site=cast.riverside, mrn="A-78", created_by=cast.desk)
    response = sign_in(cast.desk).post(reverse("patient_edit", args=["riverside", patient.pk]), PERSON)
    assert response.status_code == 422
    patient.refresh_from_db()
    assert patient.mrn == "A-78"


def test_a_second_post_of_the_same_page_comes_to_whom_the_first_one_registered(cast: Cast, sign_in) -> None:
    """A double tap, or a retry after a lost answer: no second patient, and no question about a namesake."""
    client, key = sign_in(cast.desk), str(uuid4())
    first, second = (post_new(client, client_key=key) for _ in range(2))
    assert (first.status_code, second.status_code, second["Location"]) == (303, 303, first["Location"])
    assert [str(one.uid) for one in Patient.objects.all() if one.last_name == PERSON["last_name"]] == [key]


def test_a_post_that_runs_into_its_own_twin_finds_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looked before either wrote: the one that comes second meets the first one's row, and returns it."""
    fields = {**PERSON, "birth_on": date(1980, 5, 1), "can_be_pregnant": False}
    said = {"site": cast.riverside, "fields": fields, "client_key": uuid4(), "by": cast.desk, "now": NOW}
    first = actions.register_patient(**said)
    looks = iter([None, first])
    monkeypatch.setattr(actions, "registered_before", lambda site, key: next(looks))
    assert actions.register_patient(**said) == first
