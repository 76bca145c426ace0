"""The patient's link: one slot of one visit, nothing before the birth date, and nothing to whoever guesses."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from clinic.models import AuditEntry
from reminders import links
from sessions.actions.booking import Wish, cancel, move_visit
from sessions.models import SafetyCall, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.sessions import at_state
from tests.reminders.guests import WRONG, address, birth_of, prove

TOMORROW = NOW + timedelta(hours=25)


@pytest.fixture
def visit(cast: Cast, still_clock: time_machine.Traveller) -> TreatmentSession:
    cache.clear()
    return at_state(Status.BOOKED, cast, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3))


def test_before_the_birth_date_it_tells_nothing_but_your_visit(visit: TreatmentSession, client: Client) -> None:
    for page in ("", "prepare/", "move/", "cancel/", "calendar/"):
        answer = client.get(address(visit, page))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Your visit" in text
        assert "Riverside Wellness" in text
        assert not any(told in text for told in ("June", "11:00", visit.patient.last_name, str(visit.patient.birth_on.year), "BEGIN:VCALENDAR")[1:])
    for page in ("", "prepare/", "move/", "cancel/"):
        client.post(address(visit, page), {"reason": "ill"})
    visit.refresh_from_db()
    assert (visit.status, visit.confirmed_at) == (Status.BOOKED, None)


def test_after_the_birth_date_it_shows_the_visit_and_names_nobody(visit: TreatmentSession, client: Client) -> None:
    page = prove(client, visit).get(address(visit))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Thursday, June 11" in text
    assert visit.patient.last_name not in text
    assert page["Referrer-Policy"] == "same-origin"  # with "no-referrer" a browser's own press fails the CSRF check
    assert "no-store" in page["Cache-Control"]


def test_the_device_is_remembered_for_this_patient_alone(visit: TreatmentSession, cast: Cast, client: Client) -> None:
    prove(client, visit)
    next_one = at_state(
        Status.BOOKED, cast, patient=visit.patient, starts_at=TOMORROW + timedelta(days=4), ends_at=TOMORROW + timedelta(days=4, hours=3)
    )
    other = at_state(Status.BOOKED, cast, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3), chair=cast.chairs[2])
    assert "Monday, June 15" in client.get(address(next_one)).content.decode()
    assert "Date of birth" in client.get(address(other)).content.decode()
    client.cookies["visits"] = client.cookies["visits"].value + "x"
    assert "Date of birth" in client.get(address(visit)).content.decode()


@pytest.mark.parametrize("told", [WRONG, {}, {"year": "x", "month": "²", "day": "1"}, {"year": "2001", "month": "2", "day": "31"}])
def test_a_wrong_or_impossible_birth_date_opens_nothing(visit: TreatmentSession, client: Client, told: dict[str, str]) -> None:
    answer = client.post(address(visit, "birth/"), told)
    assert answer.status_code == 422
    assert "match" in answer.content.decode()
    assert "visits" not in client.cookies


def test_after_five_tries_the_right_date_is_refused_in_the_same_words(visit: TreatmentSession, client: Client) -> None:
    answers = [client.post(address(visit, "birth/"), WRONG) for _ in range(5)]
    answers.append(client.post(address(visit, "birth/"), birth_of(visit)))
    assert {one.status_code for one in answers} == {422}
    assert len({one.content.replace(one.context["csrf_token"].encode(), b"") for one in answers}) == 1
    assert "visits" not in client.cookies


def test_confirming_twice_has_the_effect_of_once(visit: TreatmentSession, client: Client) -> None:
    prove(client, visit)
    for _ in range(2):
        assert client.post(address(visit)).status_code == 303
    visit.refresh_from_db()
    assert visit.confirmed_at == NOW
    assert AuditEntry.objects.filter(action="session.confirmed_by_patient").count() == 1
    assert "you are confirmed" in client.get(address(visit)).content.decode()


def test_a_link_of_the_old_slot_never_answers_for_the_new_one(visit: TreatmentSession, client: Client) -> None:
    old = [address(visit, page) for page in ("", "birth/", "prepare/", "move/", "cancel/")]
    prove(client, visit)
    TreatmentSession.objects.filter(pk=visit.pk).update(schedule_version=2, slot_version=2)
    assert {client.post(path, {"reason": "ill", **birth_of(visit)}).status_code for path in old} == {404}
    visit.refresh_from_db()
    assert (visit.confirmed_at, visit.status) == (None, Status.BOOKED)


def test_a_link_has_one_spelling(visit: TreatmentSession, client: Client) -> None:
    """Another would have limits of its own."""
    good = address(visit)
    assert client.get(good).status_code == 200
    for told in (f"{good[:-1]}=/", f"{good[:-1]}==/", f"{good[:-1]}A/"):
        assert client.get(told).status_code == 404


def test_guessed_expired_and_cancelled_links_get_the_same_words_after_the_same_query(
    visit: TreatmentSession, client: Client, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    good = address(visit)
    expired = f"/v/{links.token_for(visit, useless_at=NOW - timedelta(hours=1))}/"
    cancel(visit, reason="Ill", by=visit.booked_by, now=NOW)
    client.get("/v/first/")
    answers = []
    for path in ("/v/nonsense/", good[:-3] + "xx/", good[:-1] + "=/", expired, good):
        with django_assert_num_queries(2):  # the clock's, and the visit's
            answers.append(client.get(path))
    assert {page.status_code for page in answers} == {404}
    assert len({page.content for page in answers}) == 1


def test_cancelling_says_why_and_opens_the_call_that_is_owed(visit: TreatmentSession, client: Client) -> None:
    type(visit.course).objects.filter(pk=visit.course_id).update(indication="mdsi")
    prove(client, visit)
    assert client.post(address(visit, "cancel/"), {"reason": "made up"}).status_code == 422
    answer = client.post(address(visit, "cancel/"), {"reason": "ride"})
    visit.refresh_from_db()
    assert (visit.status, visit.status_reason) == (Status.CANCELLED, "By the patient’s link: No way home")
    assert SafetyCall.objects.filter(session=visit, why="cancelled").count() == 1
    assert "is cancelled" in client.get(answer["Location"]).content.decode()
    assert "cancelled" not in Client().get(answer["Location"]).content.decode()  # a device that hasn't proved itself is asked first


def test_the_calendar_file_reads_and_tells_nothing(visit: TreatmentSession, client: Client) -> None:
    answer = prove(client, visit).get(address(visit, "calendar/"))
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event.start, event["SUMMARY"], event["SEQUENCE"]) == (TOMORROW, "Riverside Wellness", 1)
    assert visit.patient.last_name.encode() not in answer.content


def test_a_spanish_patient_reads_spanish(visit: TreatmentSession, client: Client) -> None:
    type(visit.patient).objects.filter(pk=visit.patient_id).update(language="es")
    assert "Fecha de nacimiento" in client.get(address(visit)).content.decode()
    assert "jueves 11 de junio" in prove(client, visit).get(address(visit)).content.decode()


def test_a_move_of_the_chair_alone_leaves_the_link_good(visit: TreatmentSession, client: Client, cast: Cast) -> None:
    link = links.token_for(visit, useless_at=visit.ends_at)
    free = next(chair for chair in cast.chairs if chair.pk != visit.chair_id)
    wish = Wish(patient=visit.patient, chair=free, starts_at=visit.starts_at, dose_mg=visit.planned_dose_mg)
    moved = move_visit(visit, wish, by=cast.desk, now=NOW)
    assert (moved.schedule_version, moved.slot_version) == (2, 1)
    assert client.get(f"/v/{link}/").status_code == 200
    later = Wish(patient=visit.patient, chair=free, starts_at=visit.starts_at + timedelta(hours=1), dose_mg=visit.planned_dose_mg)
    assert move_visit(moved, later, by=cast.desk, now=NOW).slot_version == 3
    assert client.get(f"/v/{link}/").status_code == 404


@pytest.mark.parametrize(
    ("status", "words"), [(Status.DISCHARGED, "drive or use machines"), (Status.MISSED, "We expected you"), (Status.CANCELLED, "is cancelled")]
)
def test_the_link_of_a_last_message_leads_to_what_it_promises(visit: TreatmentSession, client: Client, status: str, words: str) -> None:
    """After the birth date, as before the visit; nothing can be pressed there any more."""
    change(
        TreatmentSession.objects.filter(pk=visit.pk),
        status=status,
        discharged_at=NOW,
        missed_at=NOW,
        cancelled_at=NOW,
        arrived_at=NOW,
        cleared_at=NOW,
        dosing_at=NOW,
        monitoring_at=NOW,
        status_reason="-",
    )
    assert words not in client.get(address(visit)).content.decode()
    prove(client, visit)
    page = client.get(address(visit)).content.decode()
    assert words in page
    assert "<form" not in page
    assert {client.post(address(visit, path), {"reason": "ill"}).status_code for path in ("", "cancel/", "prepare/", "move/")} == {404}
