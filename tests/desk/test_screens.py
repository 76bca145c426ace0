"""Enrolled screens: what they show, what they never show, what a press does, and how a dead address answers."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.actions.screens import enrol_screen, revoke_screen
from clinic.models import AuditEntry, Site
from sessions.models import HelpCall, SessionEvent
from tests.cast import NOW
from tests.factories.sessions import at_state

pytestmark = pytest.mark.usefixtures("still_clock")
FIRST = NOW - timedelta(minutes=50)


@pytest.fixture
def session(cast):
    return at_state("monitoring", cast, first_device_at=FIRST, chair=cast.chairs[0])


@pytest.fixture
def address(cast, session):
    """Addresses by kind: a wall, a room and a patient's screen of the first chair."""
    rows = (("wall", None), ("room", cast.chairs[0]), ("patient", cast.chairs[0]))
    return {
        kind: reverse("screen", args=[enrol_screen(cast.riverside, name=kind, kind=kind, chair=chair, by=cast.admin, now=NOW)[1]])
        for kind, chair in rows
    }


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("kind", ["wall", "room", "patient"])
def test_no_screen_names_anybody(cast, session, address, kind) -> None:
    """Neither who sits there, nor who comes next, nor an address that leads to them."""
    coming = at_state("booked", cast, chair=cast.chairs[1], starts_at=NOW + timedelta(hours=1))
    page = Client().get(address[kind]).content.decode()
    for person in (session.patient, coming.patient):
        assert not any(word in page for word in (person.last_name, person.first_name, person.mrn))
    assert "/sessions/" not in page
    assert "riverside" not in page


def test_the_wall_has_every_chair_with_phase_clocks_and_what_is_due(cast, session, address) -> None:
    shown = text(Client().get(address["wall"]))
    for words in ("Chair 1", "Chair 4", "Monitoring", "Since first 50 min", "Discharge gate in 75 min", "40-minute check late 10 min", "Free"):
        assert words in shown
    room = text(Client().get(address["room"]))
    assert "Chair 1" in room
    assert "Chair 2" not in room


@pytest.mark.parametrize(("kind", "most"), [("wall", 13), ("patient", 9)])
def test_a_poll_without_news_is_204_in_few_queries(cast, session, address, kind, most) -> None:
    client = Client(headers={"HX-Request": "true"})
    with CaptureQueriesContext(connection) as first:
        page = client.get(address[kind]).content.decode()
    assert len(first) <= most, [query["sql"][:90] for query in first]
    again = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    with CaptureQueriesContext(connection) as poll:
        assert client.get(address[kind] + again).status_code == 204
    assert len(poll) <= 4
    ask = client.post(address["patient"], {"act": "help", "client_key": uuid4()})
    assert ask.status_code == 303
    assert client.get(address[kind] + again).status_code == 200


@pytest.mark.parametrize(("minutes", "english", "spanish"), [
    (50, "About 1 h 15 min to go", "Faltan unas 1 h 15 min"), (64, "About 1 h 5 min to go", "Faltan unas 1 h 5 min"), (66, "About 1 h to go", "Faltan unas 1 h"),
    (100, "About 25 minutes to go", "Faltan unos 25 minutos"), (122, "A few minutes to go", "Faltan unos minutos"), (126, "The time is up", "El tiempo ha terminado"),
])  # fmt: skip
def test_time_left_in_calm_words_of_two_languages(cast, minutes, english, spanish) -> None:
    at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=minutes), chair=cast.chairs[0])
    _, token = enrol_screen(cast.riverside, name="Bed", kind="patient", chair=cast.chairs[0], by=cast.admin, now=NOW)
    url = reverse("screen", args=[token])
    assert english in text(Client().get(url + "?lang=en"))
    assert spanish in text(Client().get(url + "?lang=es"))


def test_the_patients_own_language_stands_unless_another_is_chosen(session, address) -> None:
    session.patient.language = "es"
    session.patient.save(update_fields=["language"])
    assert "Pedir ayuda" in text(Client().get(address["patient"]))
    assert "Call for help" in text(Client().get(address["patient"] + "?lang=en"))
    assert "Pedir ayuda" in text(Client().get(address["patient"] + "?lang=xx"))


def test_help_is_one_call_however_often_it_is_pressed(cast, session, address) -> None:
    client, key = Client(), uuid4()
    for used in (key, key, uuid4()):
        assert client.post(address["patient"], {"act": "help", "client_key": used}).status_code == 303
    call = HelpCall.objects.get()
    assert (call.session_id, call.asked_at, call.answered_at, call.screen.name) == (session.pk, NOW, None, "patient")
    entry = AuditEntry.objects.get(action="help.asked")
    assert (entry.actor_id, entry.patient_pk) == (None, session.patient_id)
    assert "Help is called" in text(client.get(address["patient"]))


def test_feelings_land_as_facts_by_the_screen_and_are_no_checks(session, address) -> None:
    before = session.observations.count()
    client = Client()
    for kind in ("feels_good", "feels_good", "feels_bad"):
        assert client.post(address["patient"], {"act": kind, "client_key": "not a key"}).status_code == 303
    rows = SessionEvent.objects.filter(session=session).order_by("pk")
    assert [(row.kind, row.recorded_via, row.recorded_by) for row in rows] == [("feels_good", "screen", None), ("feels_bad", "screen", None)]
    assert session.observations.count() == before
    assert "The staff sees it now" in text(client.get(address["patient"]))


@pytest.mark.parametrize("posted", [{}, {"act": "discharge"}, {"act": "sedation_began"}, {"act": "help" * 900}])
def test_nothing_else_can_be_pressed(session, address, posted) -> None:
    assert Client().post(address["patient"], posted).status_code == 303
    assert not HelpCall.objects.exists()
    assert not SessionEvent.objects.exists()


@pytest.mark.parametrize("kind", ["wall", "room"])
def test_the_others_are_read_only(session, address, kind) -> None:
    assert "<form" not in Client().get(address[kind]).content.decode()
    assert Client().post(address[kind], {"act": "help", "client_key": uuid4()}).status_code == 303
    assert not HelpCall.objects.exists()


def test_an_empty_chair_says_welcome_and_takes_no_press(cast) -> None:
    _, token = enrol_screen(cast.riverside, name="Bed", kind="patient", chair=cast.chairs[3], by=cast.admin, now=NOW)
    url = reverse("screen", args=[token])
    assert "Welcome" in text(Client().get(url))
    assert Client().post(url, {"act": "help", "client_key": uuid4()}).status_code == 303
    assert not HelpCall.objects.exists()


def test_dead_addresses_answer_alike_and_write_nothing(cast, session, address) -> None:
    """Guessed, revoked, of an archived site: one answer to every method."""
    screen, token = enrol_screen(cast.riverside, name="Old", kind="patient", chair=cast.chairs[0], by=cast.admin, now=NOW)
    revoke_screen(screen, by=cast.admin, now=NOW)
    dead = [reverse("screen", args=[word]) for word in ("x" * 43, token)]
    answers = {Client().get(url).content for url in dead}
    Site.objects.filter(pk=cast.riverside.pk).update(is_archived=True)
    answers.add(Client().get(address["wall"]).content)
    assert len(answers) == 1
    assert [Client().post(url, {"act": "help"}).status_code for url in (*dead, address["patient"])] == [404] * 3
    assert not HelpCall.objects.exists()


def test_sight_is_noted_to_the_minute(cast, session, address) -> None:
    Client().get(address["wall"])
    screen = cast.riverside.screens.get(kind="wall")
    assert screen.seen_at == NOW.replace(second=0, microsecond=0)
