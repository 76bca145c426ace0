"""Enrolled tablets: opened by PIN, one act by PIN from the locked page, an emergency without; nothing of it for a browser that isn't enrolled."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from clinic.actions.pins import set_pin
from clinic.actions.screens import revoke_screen
from clinic.locking.tablet import COOKIE
from clinic.models import AuditEntry, Membership, PinDoor, Screen, Signature
from sessions.models import Alert, Emergency, Round
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import at_state

pytestmark = pytest.mark.usefixtures("still_clock")
PIN, OTHER = "240719", "902713"
BOARD = reverse("board", args=["riverside"])
LOCKED = reverse("locked")


@pytest.fixture
def pins(cast):
    for person, pin in ((cast.nurse, PIN), (cast.second_nurse, OTHER), (cast.desk, OTHER)):
        set_pin(cast.of(person), hashed=make_password(pin), by=person, now=NOW)


@pytest.fixture
def token(cast, sign_in) -> str:
    admin = sign_in(cast.admin)
    answer = admin.post(reverse("enrol_tablet", args=["riverside"]), {"name": "Floor"})
    assert answer.status_code == 303
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie.value not in admin.get(reverse("screens", args=["riverside"])).text
    return cookie.value


@pytest.fixture
def tablet(token, pins) -> Client:
    client = Client()
    client.cookies[COOKIE] = token
    return client


@pytest.fixture
def session(cast):
    return at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=50), chair=cast.chairs[0])


def chosen(cast, person, pin=PIN, **more) -> dict[str, object]:
    return {"who": cast.of(person).pk, "pin": pin, **more}


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_tablet_without_anybody_shows_its_locked_board_and_opens_by_pin(cast, tablet, session) -> None:
    answer = tablet.get(BOARD)
    assert (answer.status_code, answer["Location"]) == (303, f"{LOCKED}?next=%2Friverside%2F")
    page = tablet.get(answer["Location"])
    assert "Nora Nurse" in page.text
    assert not any(word in page.text for word in (session.patient.last_name, session.patient.first_name, session.patient.mrn, "Petra"))
    opened = tablet.post(reverse("unlock_pin"), chosen(cast, cast.nurse))
    assert (opened.status_code, opened["Location"]) == (303, BOARD)
    assert tablet.get(BOARD).status_code == 200
    assert (tablet.session["lock"]["pin"], tablet.session["lock"]["full"]) == (True, False)
    assert AuditEntry.objects.get(action="pin.signed_in").actor == cast.nurse


def test_quick_switch_ends_the_other_ones_sign_in_and_the_same_person_goes_on_where_they_were(cast, tablet) -> None:
    staff = reverse("staff", args=["riverside"])
    tablet.post(reverse("account_login"), {"login": cast.nurse.email, "password": PASSWORD})
    tablet.get(staff)
    tablet.post(reverse("lock"))
    first = tablet.session.session_key
    same = tablet.post(reverse("unlock_pin"), chosen(cast, cast.nurse, next=staff))
    assert same["Location"] == staff
    assert tablet.session["lock"]["pin"], "whatever the password had opened, the PIN opens less"
    tablet.post(reverse("lock"))
    other = tablet.post(reverse("unlock_pin"), chosen(cast, cast.second_nurse, OTHER, next=staff))
    assert other["Location"] == BOARD
    assert tablet.session["_auth_user_id"] == str(cast.second_nurse.pk)
    thief = Client()
    thief.cookies["sessionid"] = first
    assert thief.get(BOARD).status_code == 302


def test_the_fifth_wrong_pin_shuts_it_here_until_a_full_sign_in_here(cast, tablet, token) -> None:
    for count in range(5):
        assert tablet.post(reverse("unlock_pin"), chosen(cast, cast.nurse, "000001")).status_code == 422, count
    shut = tablet.post(reverse("unlock_pin"), chosen(cast, cast.nurse))
    assert (shut.status_code, "PIN is off at this tablet" in shut.text) == (422, True)
    assert AuditEntry.objects.filter(action="pin.off").count() == 1
    assert PinDoor.objects.get().wrong == 5
    assert tablet.post(reverse("unlock_pin"), chosen(cast, cast.second_nurse, OTHER)).status_code == 303, "nobody else is shut out"
    elsewhere = Client()
    elsewhere.post(reverse("account_login"), {"login": cast.nurse.email, "password": PASSWORD})
    assert PinDoor.objects.get(membership=cast.of(cast.nurse)).wrong == 5, "a sign-in at another browser proves nothing about this one"
    here = Client()
    here.cookies[COOKIE] = token
    here.post(reverse("account_login"), {"login": cast.nurse.email, "password": PASSWORD})
    here.post(reverse("lock"))
    assert here.post(reverse("unlock_pin"), chosen(cast, cast.nurse))["Location"] == "/"


@pytest.mark.parametrize("why", ["not enrolled", "guessed", "revoked", "ended", "disabled", "other site's", "no pin", "a wall's key"])
def test_who_or_what_a_pin_does_not_open(cast, tablet, token, why) -> None:
    if why == "not enrolled":
        tablet.cookies.pop(COOKIE)
    if why == "guessed":
        tablet.cookies[COOKIE] = "x" * 43
    if why == "revoked":
        revoke_screen(Screen.objects.get(), by=cast.admin, now=NOW)
    if why == "ended":
        Membership.objects.filter(user=cast.nurse).update(is_active=False, ended_at=NOW)
    if why == "disabled":
        type(cast.nurse).objects.filter(pk=cast.nurse.pk).update(is_active=False)
    if why == "a wall's key":
        Screen.objects.update(kind="wall")
    who = {"other site's": cast.stranger, "no pin": cast.prescriber}.get(why, cast.nurse)
    answer = tablet.post(reverse("unlock_pin"), chosen(cast, who))
    assert answer.status_code == (422 if why in ("ended", "disabled", "other site's", "no pin") else 303)
    assert "_auth_user_id" not in tablet.session
    assert tablet.get(BOARD).status_code in (302, 303)
    assert Client().get(reverse("screen", args=[token])).status_code == (200 if why == "a wall's key" else 404)


def test_one_round_and_one_silence_by_pin_open_nothing_else(cast, tablet, session) -> None:
    observation = session.observations.first()
    alert = Alert.objects.create(
        site=session.site, session=session, observation=observation, tier="critical", what="systolic", text="Systolic 212", raised_at=NOW
    )
    on, key = f"s{session.pk}", uuid4()
    asked = tablet.get(f"{LOCKED}?act=round&on={on}")
    assert "Chair 1: record a round" in text(asked)
    assert "212" not in text(asked)
    assert "Systolic" not in text(asked)
    assert ("Noel Nightingale" in asked.text, "Dana Desk" in asked.text) == (True, False)
    for _ in range(2):
        done = tablet.post(reverse("locked_act"), chosen(cast, cast.nurse, act="round", on=on, client_key=key))
        assert done.status_code == 303
    assert [(row.recorded_by, row.observed_at) for row in Round.objects.filter(session=session)] == [(cast.nurse, NOW)]
    assert "Chair 1: a round was recorded." in text(tablet.get(done["Location"]))
    assert tablet.post(reverse("locked_act"), chosen(cast, cast.second_nurse, OTHER, act="silence", on=on)).status_code == 303
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.closed_at) == (cast.second_nurse, None)
    assert "_auth_user_id" not in tablet.session
    assert tablet.get(BOARD).status_code == 303


def test_what_a_pin_opened_ends_with_the_tablet(cast, tablet, still_clock) -> None:
    """Revoked while somebody is in: half a minute later nothing is open; nor does the sign-in's key work at another browser."""
    tablet.post(reverse("unlock_pin"), chosen(cast, cast.nurse))
    still_clock.shift(timedelta(seconds=31))
    assert tablet.get(BOARD).status_code == 200
    stolen = Client()
    stolen.cookies["sessionid"] = tablet.session.session_key
    revoke_screen(Screen.objects.get(), by=cast.admin, now=NOW)
    still_clock.shift(timedelta(seconds=31))
    assert stolen.get(BOARD).status_code == 302
    assert tablet.get(BOARD).status_code == 302
    assert "_auth_user_id" not in tablet.session


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pin": "000001"}, "not this person"),
        ({"who": ""}, "Choose your name"),
        ({"act": "discharge"}, "Choose again"),
        ({"on": "s999999"}, "Choose again"),
        ({"on": "c1"}, "Choose again"),
        ({"who": "desk"}, "may not do this"),
    ],
)
def test_an_act_by_pin_that_is_refused_writes_nothing(cast, tablet, session, change, words) -> None:
    who = {"who": cast.of(cast.desk).pk, "pin": OTHER} if change.get("who") == "desk" else change
    answer = tablet.post(reverse("locked_act"), chosen(cast, cast.nurse, act="round", on=f"s{session.pk}") | who)
    assert (answer.status_code, words in text(answer)) == (422, True)
    assert not Round.objects.exists()


def test_an_emergency_is_one_press_without_a_pin_and_names_no_patient(cast, tablet, token, session) -> None:
    for _ in range(2):
        assert tablet.post(reverse("locked_emergency"), {"on": f"s{session.pk}", "client_key": "junk"}).status_code == 303
    row = Emergency.objects.get()
    assert (row.session, row.chair, row.recorded_by, row.recorded_via, row.pressed_at) == (session, cast.chairs[0], None, "screen", NOW)
    entry = AuditEntry.objects.get(action="emergency.pressed")
    assert f"change screen {Screen.objects.get().pk}" in entry.body
    page = tablet.get(LOCKED)
    for words in ("Emergency: Chair 1", cast.riverside.address, cast.riverside.phone, "Call 911"):
        assert words in text(page).replace("&#x27;", "'")
    assert not any(word in page.text for word in (session.patient.last_name, session.patient.mrn))
    assert Client().post(reverse("locked_emergency"), {}).status_code == 303
    assert Emergency.objects.count() == 1, "a browser that is nobody's and not enrolled presses nothing"


def test_a_locked_sign_in_at_any_browser_presses_too(cast, sign_in) -> None:
    nurse = sign_in(cast.nurse)
    nurse.get(BOARD)
    nurse.post(reverse("lock"))
    assert nurse.post(reverse("locked_emergency"), {"client_key": uuid4()}).status_code == 303
    assert Emergency.objects.get().recorded_by is None


def test_a_pin_opens_its_tablets_site_and_no_other_of_that_person(cast, tablet) -> None:
    Membership.objects.create(site=cast.hillcrest, user=cast.nurse, role="monitor", created_at=NOW)
    hillcrest = reverse("board", args=["hillcrest"])
    tablet.post(reverse("unlock_pin"), chosen(cast, cast.nurse))
    assert [tablet.get(url).status_code for url in (BOARD, hillcrest)] == [200, 403]
    assert "own site alone" in tablet.get(hillcrest).text
    assert AuditEntry.objects.filter(action="access.denied", site=cast.hillcrest, actor=cast.nurse).count() == 2
    tablet.post(reverse("lock"))
    tablet.post(reverse("unlock"), {"password": PASSWORD})
    assert tablet.get(hillcrest).status_code == 403, "what began with a PIN stays so"
    tablet.post(reverse("account_logout"))
    tablet.post(reverse("account_login"), {"login": cast.nurse.email, "password": PASSWORD})
    assert tablet.get(hillcrest).status_code == 200


def test_a_pin_shows_no_other_sites_numbers(cast, tablet) -> None:
    Membership.objects.create(site=cast.hillcrest, user=cast.prescriber, role="prescriber", created_at=NOW)
    set_pin(cast.of(cast.prescriber), hashed=make_password(PIN), by=cast.prescriber, now=NOW)
    tablet.post(reverse("unlock_pin"), chosen(cast, cast.prescriber))
    pages = [reverse(name, args=["riverside"]) for name in ("report_network", "reports")]
    assert [cast.hillcrest.name in text(tablet.get(page)) for page in pages] == [False, False]
    tablet.post(reverse("account_logout"))
    tablet.post(reverse("account_login"), {"login": cast.prescriber.email, "password": PASSWORD})
    assert cast.hillcrest.name in text(tablet.get(pages[0]))


def test_a_pin_signs_nothing(cast, tablet) -> None:
    """The discharge asks for the password whoever opened the tablet, and a PIN is none."""
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=150))
    tablet.post(reverse("unlock_pin"), chosen(cast, cast.nurse))
    answer = tablet.post(reverse("session_discharge", args=["riverside", session.pk]), {"password": PIN, "client_key": uuid4()})
    assert answer.status_code == 422
    session.refresh_from_db()
    assert (session.status, Signature.objects.filter(target_pk=session.pk, meaning="discharge").exists()) == ("monitoring", False)


def test_enrolling_wants_a_name_of_its_own(cast, sign_in, token) -> None:
    admin = sign_in(cast.admin)
    for name, words in (("", "required"), ("floor", "already has a screen of that name")):
        answer = admin.post(reverse("enrol_tablet", args=["riverside"]), {"name": name})
        assert (answer.status_code, words in answer.text, COOKIE in answer.cookies) == (422, True, False)
    assert Screen.objects.count() == 1
