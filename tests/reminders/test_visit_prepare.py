"""The patient answers before the visit, and asks for another time; nothing of it stands in the place of what the staff asks."""

import tomllib
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from clinic.marks import reached_at
from clinic.models import AuditEntry, Notice
from patients.actions.drivers import answer_driver
from patients.models import Contact, DriverConsent
from reminders.models import SiteMessaging
from reminders.speech import FOLDER
from sessions.models import MoveWish, PreDoseCheck, Preparation, TreatmentSession
from sessions.rules.preparation import QUESTIONS
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state
from tests.reminders.guests import address, prove

TOMORROW = NOW + timedelta(hours=25)
GOOD = {"food": "yes", "drink": "yes", "nasal": "none", "pressure": "yes", "sedatives": "no", "stimulants": "no", "opioids": "no", "ride": "someone"}


@pytest.fixture
def visit(cast: Cast, still_clock: time_machine.Traveller) -> TreatmentSession:
    cache.clear()
    return at_state(Status.BOOKED, cast, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3))


def test_a_name_is_kept_without_what_no_database_holds(visit: TreatmentSession, client: Client) -> None:
    prove(client, visit)
    told = {**GOOD, "ride_name": "Ana\x00 Ru\u202eiz", "ride_phone": "518\x00 555 0100", "client_key": str(uuid4())}
    assert client.post(address(visit, "prepare/"), told).status_code == 303
    row = Preparation.objects.get()
    assert (row.ride_name, row.ride_phone) == ("Ana Ruiz", "518 555 0100")


def test_both_languages_say_everything() -> None:
    english, spanish = (tomllib.loads((FOLDER / f"{language}.toml").read_text()) for language in ("en", "es"))
    assert {key: sorted(value) if isinstance(value, dict) else None for key, value in english.items()} == {
        key: sorted(value) if isinstance(value, dict) else None for key, value in spanish.items()
    }
    for words in (english, spanish):
        assert set(words["ask"]) == {one.id for one in QUESTIONS}
        assert all(f"{one.id}.{value}" in words["choices"] or value in words["choices"] for one in QUESTIONS for value, _ in one.choices)
        told = str(words).casefold()
        assert not any(word in told for word in ("ketamin", "spravato", "depress", "suicid", "stop taking", "deje de tomar", "suspenda"))


def test_answers_are_kept_and_stand_beside_the_questions(visit: TreatmentSession, client: Client, cast: Cast) -> None:
    prove(client, visit)
    key = str(uuid4())
    for _ in range(2):
        answer = client.post(address(visit, "prepare/"), {**GOOD, "ride_name": "Ana", "ride_phone": "518 555 0100", "client_key": key})
        assert answer.status_code == 303
    row = Preparation.objects.get()
    assert (row.answers, row.ride_name, row.recorded_via, row.recorded_by) == (GOOD, "Ana", "link", None)
    assert not Notice.objects.exists()
    assert not PreDoseCheck.objects.exists()
    assert "We have your answers" in client.get(address(visit, "prepare/")).content.decode()
    client.force_login(cast.nurse)
    TreatmentSession.objects.filter(pk=visit.pk).update(status=Status.ARRIVED, arrived_at=NOW)
    page = client.get(f"/riverside/sessions/{visit.pk}/?step=prepare").content.decode()
    assert "No food for the 2 hours before" in page
    assert "Ana" in page


def test_a_driver_is_named_with_their_yes_and_the_staff_confirms_them(visit: TreatmentSession, client: Client, cast: Cast) -> None:
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+15185550199", changed_at=NOW, changed_by=cast.admin)
    prove(client, visit)
    named = {**GOOD, "ride_name": "Ana Ruiz", "ride_phone": "(518) 555-0177", "ride_text": "yes"}
    for wrong in ({"ride_phone": "12"}, {"ride_name": " "}):
        answer = client.post(address(visit, "prepare/"), {**named, **wrong})
        assert answer.status_code == 422
        assert "area code" in answer.content.decode()
    assert not Preparation.objects.exists()
    for _ in range(2):
        assert client.post(address(visit, "prepare/"), named).status_code == 303
    driver = Contact.objects.get(reached_at(Contact, "phone", "+15185550177"))
    assert (driver.name, driver.may_text, driver.patient) == ("Ana Ruiz", True, visit.patient)
    assert list(DriverConsent.objects.values_list("has_agreed", "how", "recorded_by")) == [(True, "link", None)]
    staff = Client()
    staff.force_login(cast.nurse)
    TreatmentSession.objects.filter(pk=visit.pk).update(treatment_on=NOW.date())
    page = staff.get(f"/riverside/sessions/{visit.pk}/?step=arrive").content.decode()
    assert f'<option value="{driver.pk}" selected>Ana Ruiz</option>' in page
    assert "agreed to a text when ready, says the patient" in page
    # The driver's own no outweighs the patient's word, texted or told to the staff.
    for how, by in (("text", None), ("chart", cast.desk)):
        answer_driver(driver, has_agreed=True, how=how, by=by, now=NOW)
        answer_driver(driver, has_agreed=False, how=how, by=by, now=NOW)
        client.post(address(visit, "prepare/"), named)
        driver.refresh_from_db()
        assert not driver.may_text, how
    for number in range(20, 30):
        client.post(address(visit, "prepare/"), {**named, "ride_phone": f"518 555 01{number}"})
    assert sum("link" in one.relation for one in visit.patient.contacts.all()) == 6


def test_a_red_answer_reaches_the_desk_without_clinical_words(visit: TreatmentSession, client: Client, cast: Cast) -> None:
    prove(client, visit)
    client.post(address(visit, "prepare/"), {**GOOD, "opioids": "yes"})
    notice = Notice.objects.get()
    assert (notice.kind, notice.target_pk, notice.resolved_at) == ("red_answer", visit.pk, None)
    assert not any(word in notice.text.casefold() for word in ("opioid", "medicine", "dose"))
    desk = Client()
    desk.force_login(cast.desk)
    TreatmentSession.objects.filter(pk=visit.pk).update(treatment_on=NOW.date(), starts_at=NOW + timedelta(hours=2), ends_at=NOW + timedelta(hours=5))
    assert "Answer to look at" in desk.get("/riverside/").content.decode()
    assert desk.post(f"/riverside/sessions/{visit.pk}/answer/settle/", {"reason": " "}).status_code == 422
    assert desk.post(f"/riverside/sessions/{visit.pk}/answer/settle/", {"reason": "Called, prescriber knows"}).status_code == 303
    notice.refresh_from_db()
    assert notice.resolved_how == "Called, prescriber knows"
    assert AuditEntry.objects.filter(action="preparation.settled").count() == 1


def test_better_answers_settle_the_red_one(visit: TreatmentSession, client: Client) -> None:
    prove(client, visit)
    client.post(address(visit, "prepare/"), {**GOOD, "ride": "no"})
    client.post(address(visit, "prepare/"), GOOD)
    assert Preparation.objects.count() == 2
    assert Notice.objects.get().resolved_at == NOW


@pytest.mark.parametrize("junk", [{}, {**GOOD, "food": "maybe"}, {**GOOD, "ride": ""}, {"client_key": "x" * 5000}])
def test_what_is_open_is_asked_again_and_nothing_is_kept(visit: TreatmentSession, client: Client, junk: dict[str, str]) -> None:
    answer = prove(client, visit).post(address(visit, "prepare/"), junk)
    assert answer.status_code == 422
    assert "Please answer every question" in answer.content.decode()
    assert not Preparation.objects.exists()


def test_the_page_says_when_it_is_read_and_to_keep_coming(visit: TreatmentSession, client: Client, still_clock: time_machine.Traveller) -> None:
    prove(client, visit)
    assert "read your answers today" in client.get(address(visit, "prepare/")).content.decode()
    still_clock.move_to(NOW + timedelta(hours=10))
    text = client.get(address(visit, "prepare/")).content.decode()
    assert "when we open: Thursday, June 11 8:00 AM" in text
    assert "Keep coming to your visit unless we call you" in text


def slots(client: Client, visit: TreatmentSession) -> list[str]:
    return [slot["value"] for slot in client.get(address(visit, "move/")).context["slots"]]


def test_a_wish_waits_for_the_desk_which_accepts_it(visit: TreatmentSession, client: Client, cast: Cast) -> None:
    prove(client, visit)
    wished = slots(client, visit)[0]
    key = str(uuid4())
    for _ in range(2):
        assert client.post(address(visit, "move/"), {"slot": wished, "client_key": key}).status_code == 303
    assert client.post(address(visit, "move/"), {"slot": slots(client, visit)[1]}).status_code == 422  # one wish at a time
    wish = MoveWish.objects.get()
    visit.refresh_from_db()
    assert (visit.starts_at, wish.answer) == (TOMORROW, "")
    assert "You asked for another time" in client.get(address(visit)).content.decode()
    desk = Client()
    desk.force_login(cast.desk)
    assert visit.patient.short_name in desk.get("/riverside/wishes/").content.decode()
    assert desk.post(f"/riverside/wishes/{wish.pk}/accept/").status_code == 303
    visit.refresh_from_db()
    wish.refresh_from_db()
    assert (visit.starts_at.isoformat(), wish.answer, wish.answered_by) == (wished, "accepted", cast.desk)
    assert Notice.objects.get().resolved_at == NOW
    assert desk.post(f"/riverside/wishes/{wish.pk}/accept/").status_code == 422


def test_a_wish_is_declined_with_a_word(visit: TreatmentSession, client: Client, cast: Cast) -> None:
    prove(client, visit)
    client.post(address(visit, "move/"), {"slot": slots(client, visit)[0]})
    wish = MoveWish.objects.get()
    desk = Client()
    desk.force_login(cast.desk)
    assert desk.post(f"/riverside/wishes/{wish.pk}/decline/", {"words": ""}).status_code == 422
    unkept = desk.post(f"/riverside/wishes/{wish.pk}/decline/", {"words": "We are \x00full"})
    assert (unkept.status_code, "Null characters are not allowed." in unkept.content.decode()) == (422, True)
    assert 'full" autocomplete' in unkept.content.decode(), "what was typed is gone"
    assert desk.post(f"/riverside/wishes/{wish.pk}/decline/", {"words": "We are full that day"}).status_code == 303
    assert "We are full that day" in client.get(address(visit)).content.decode()


def test_a_wish_for_an_old_slot_can_not_be_accepted(visit: TreatmentSession, client: Client, cast: Cast) -> None:
    prove(client, visit)
    client.post(address(visit, "move/"), {"slot": slots(client, visit)[0]})
    wish = MoveWish.objects.get()
    TreatmentSession.objects.filter(pk=visit.pk).update(schedule_version=2, slot_version=2)
    desk = Client()
    desk.force_login(cast.desk)
    answer = desk.post(f"/riverside/wishes/{wish.pk}/accept/")
    assert answer.status_code == 422
    assert "slot that it has left" in answer.content.decode()
    assert visit.patient.short_name not in desk.get("/riverside/wishes/").content.decode()


def test_cancelling_settles_a_wish_and_a_red_answer(visit: TreatmentSession, client: Client) -> None:
    prove(client, visit)
    client.post(address(visit, "prepare/"), {**GOOD, "ride": "no"})
    client.post(address(visit, "move/"), {"slot": slots(client, visit)[0]})
    client.post(address(visit, "cancel/"), {"reason": "ill"})
    assert MoveWish.objects.get().answer == "gone"
    assert not Notice.objects.filter(kind__in=["red_answer", "move_wish"], resolved_at__isnull=True).exists()


def test_where_the_policy_says_so_the_wish_is_granted_at_once(visit: TreatmentSession, client: Client, cast: Cast) -> None:
    cast.riverside.policies.update(moves_by_link=True)
    prove(client, visit)
    wished = slots(client, visit)[0]
    answer = client.post(address(visit, "move/"), {"slot": wished})
    visit.refresh_from_db()
    assert (visit.starts_at.isoformat(), MoveWish.objects.get().answer) == (wished, "accepted")
    assert AuditEntry.objects.filter(action="wish.accepted", actor=None).count() == 1
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(address(visit)).status_code == 200


@pytest.mark.parametrize("slot", ["", "yesterday", "2026-06-12T13:00:00", "2026-06-12T03:00:00+00:00", "9" * 60])
def test_a_time_that_is_not_offered_is_refused(visit: TreatmentSession, client: Client, slot: str) -> None:
    assert prove(client, visit).post(address(visit, "move/"), {"slot": slot}).status_code == 422
    assert not MoveWish.objects.exists()
