"""The patient's link: one slot of one visit, and nothing to whoever guesses."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from clinic.models import AuditEntry
from reminders import links
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state

TOMORROW = NOW + timedelta(hours=25)


@pytest.fixture
def visit(cast: Cast, still_clock: time_machine.Traveller) -> TreatmentSession:
    return at_state(Status.BOOKED, cast, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3))


def address(visit: TreatmentSession) -> str:
    return f"/v/{links.token_for(visit, useless_at=visit.ends_at)}/"


def test_it_shows_the_visit_and_names_nobody(visit: TreatmentSession, client: Client) -> None:
    page = client.get(address(visit))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Thursday, June 11" in text
    assert visit.patient.last_name not in text
    assert page["Referrer-Policy"] == "same-origin"  # with "no-referrer" a browser's own press fails the CSRF check
    assert "no-store" in page["Cache-Control"]


def test_confirming_twice_has_the_effect_of_once(visit: TreatmentSession, client: Client) -> None:
    for _ in range(2):
        assert client.post(address(visit)).status_code == 303
    visit.refresh_from_db()
    assert visit.confirmed_at == NOW
    assert AuditEntry.objects.filter(action="session.confirmed_by_patient").count() == 1
    assert "you are confirmed" in client.get(address(visit)).content.decode()


def test_a_link_of_the_old_slot_never_answers_for_the_new_one(visit: TreatmentSession, client: Client) -> None:
    old = address(visit)
    TreatmentSession.objects.filter(pk=visit.pk).update(schedule_version=2)
    assert client.post(old).status_code == 404
    visit.refresh_from_db()
    assert visit.confirmed_at is None


def test_guessed_expired_and_cancelled_links_get_the_same_words(visit: TreatmentSession, client: Client) -> None:
    good = address(visit)
    expired = f"/v/{links.token_for(visit, useless_at=NOW - timedelta(hours=1))}/"
    answers = [client.get(path) for path in ("/v/nonsense/", good[:-3] + "xx/", expired)]
    TreatmentSession.objects.filter(pk=visit.pk).update(status=Status.CANCELLED, cancelled_at=NOW, status_reason="Ill")
    answers.append(client.get(good))
    assert {page.status_code for page in answers} == {404}
    assert len({page.content for page in answers}) == 1


def test_a_spanish_patient_reads_spanish(visit: TreatmentSession, client: Client) -> None:
    type(visit.patient).objects.filter(pk=visit.patient_id).update(language="es")
    text = client.get(address(visit)).content.decode()
    assert "Su visita" in text
    assert "jueves 11 de junio" in text
