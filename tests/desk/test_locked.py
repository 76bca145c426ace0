"""The lock of a sign-in: kept by the server, not moved by polls, opened by the same person; the locked page names nobody."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.locking.polls import POLLS
from clinic.models import AuditEntry, SitePolicy
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import at_state

pytestmark = pytest.mark.usefixtures("still_clock", "usual_lock")
STAFF = reverse("staff", args=["riverside"])
BOARD = reverse("board", args=["riverside"])
LOCKED = "/locked/?next=%2Friverside%2Fstaff%2F"
FRAGMENT = {"HX-Request": "true"}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_it_locks_after_the_sites_minutes_and_opens_by_the_password_where_it_was(cast, sign_in, still_clock) -> None:
    nurse = sign_in(cast.nurse)
    nurse.get(STAFF)
    still_clock.shift(minutes(9))
    assert nurse.get(STAFF).status_code == 200
    still_clock.shift(minutes(9.9))
    assert nurse.get(STAFF).status_code == 200
    still_clock.shift(minutes(10))
    answer = nurse.get(STAFF)
    assert (answer.status_code, answer["Location"]) == (303, LOCKED)
    assert nurse.post(reverse("unlock"), {"password": "not this", "next": STAFF}).status_code == 422
    assert nurse.get(STAFF).status_code == 303
    before = nurse.session.session_key
    opened = nurse.post(reverse("unlock"), {"password": PASSWORD, "next": STAFF})
    assert (opened.status_code, opened["Location"]) == (303, STAFF)
    assert nurse.session.session_key != before
    assert nurse.get(STAFF).status_code == 200


@pytest.mark.parametrize(
    ("policy", "after", "status"), [({"lock_after_minutes": 3}, 3, 303), ({"lock_after_minutes": 30}, 29, 200), ({"sign_in_hours": 1}, 60, 302)]
)
def test_the_sites_policy_decides(cast, sign_in, still_clock, policy, after, status) -> None:
    SitePolicy.objects.filter(site=cast.riverside).update(**policy)
    nurse = sign_in(cast.nurse)
    nurse.get(STAFF)
    still_clock.shift(minutes(after))
    assert nurse.get(STAFF).status_code == status


def test_a_sign_in_ends_after_its_hours_however_busy(cast, sign_in, still_clock) -> None:
    nurse = sign_in(cast.nurse)
    for _ in range(90):
        assert nurse.get(reverse("home")).status_code == 303
        still_clock.shift(minutes(8))
    answer = nurse.get(STAFF)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login"))
    assert "_auth_user_id" not in nurse.session


def test_no_poll_keeps_a_sign_in_open(cast, sign_in, still_clock) -> None:
    """Every page of the nurse's stands open and asks by itself; nobody touches anything."""
    session = at_state("monitoring", cast)
    nurse = sign_in(cast.nurse)
    nurse.get(STAFF)
    polls = [
        (BOARD + "?v=0", FRAGMENT),
        (reverse("calls", args=["riverside"]), {}),
        (reverse("flowsheet_news", args=["riverside", session.pk]) + "?since=1", FRAGMENT),
    ]
    polls += [(reverse("lock_state"), FRAGMENT), (reverse("flowsheet", args=["riverside", session.pk]), {"X-Vigil-Background": "1"})]
    for _ in range(9):
        still_clock.shift(minutes(1))
        assert {nurse.get(url, headers=headers).status_code for url, headers in polls} <= {200, 204}
    still_clock.shift(minutes(1))
    for url, _ in polls[:4]:
        answer = nurse.get(url, headers=FRAGMENT)
        assert (answer.status_code, answer.content) == (401, b"Locked.")
        assert answer["X-Vigil-Locked"].startswith("/locked/?next=")


def test_every_page_that_asks_by_itself_is_on_the_list() -> None:
    """The list of polls is held against the templates themselves; screens sign in as nobody."""
    asking = {
        "calls": "components/_calls.html",
        "board": "desk/_board.html",
        "flowsheet_news": "desk/_flowsheet.html",
        "export": "reports/_export.html",
        "locked": "desk/locked/_floor.html",
    }
    folder = Path(settings.BASE_DIR) / "templates"
    found = {
        str(path.relative_to(folder)) for path in folder.rglob("*.html") if re.search(r"hx-trigger=\"[^\"]*(every|load|revealed)", path.read_text())
    }
    assert {one for one in found if not one.startswith("desk/screen/")} == set(asking.values())
    assert set(POLLS) == {*asking, "lock_state"}


def test_a_press_locks_at_once_and_every_door(cast, sign_in) -> None:
    session = at_state("monitoring", cast)
    nurse = sign_in(cast.nurse)
    nurse.get(BOARD)
    flowsheet = reverse("flowsheet", args=["riverside", session.pk])
    old = nurse.session.session_key
    answer = nurse.post(reverse("lock"), headers={"Referer": f"http://testserver{flowsheet}"})
    assert answer["Location"] == f"/locked/?next={flowsheet.replace('/', '%2F')}"
    assert nurse.post(reverse("lock")).status_code == 303
    for url in (flowsheet, BOARD, reverse("home"), reverse("account_change_password"), reverse("file", args=["riverside", cast.nurse.uid])):
        assert nurse.get(url)["Location"].startswith("/locked/?next="), url
    before = AuditEntry.objects.count()
    posted = nurse.post(reverse("round_record", args=["riverside", session.pk]), headers=FRAGMENT)
    assert posted.status_code == 401
    assert nurse.get(reverse("account_login")).status_code == 200  # as nobody
    assert (AuditEntry.objects.count(), session.rounds.count()) == (before, 0)
    thief = Client()
    thief.cookies["sessionid"] = old
    assert thief.get(STAFF).status_code == 302  # the key of before opens nothing


@pytest.mark.parametrize("way", ["an address that leads nowhere", "a post without its token"])
def test_what_reaches_no_page_opens_nothing(cast, sign_in, way) -> None:
    """Neither is a new sign-in, though no view was asked: it stays locked, nobody's name is shown, and what a PIN opened stays by PIN."""
    nurse = sign_in(cast.nurse)
    nurse.get(BOARD)
    nurse.handler.enforce_csrf_checks = True
    ask = (
        (lambda: nurse.get("/riverside/nowhere/at/all/")) if way.startswith("an") else (lambda: nurse.post(reverse("duty_come", args=["riverside"])))
    )
    assert ask().status_code == (404 if way.startswith("an") else 403)
    session = nurse.session
    session["lock"] |= {"locked": True, "full": False, "pin": True}
    session.save()
    answer = ask()
    assert (answer.status_code, answer["Location"].startswith("/locked/")) == (303, True)
    assert "Nora" not in answer.text
    assert nurse.get(BOARD)["Location"].startswith("/locked/?next=")
    assert (nurse.session["lock"]["locked"], nurse.session["lock"]["full"], nurse.session["lock"]["pin"]) == (True, False, True)


def test_the_locked_page_has_clocks_and_names_no_patient(cast, sign_in) -> None:
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(50), chair=cast.chairs[0])
    coming = at_state("booked", cast, chair=cast.chairs[1], starts_at=NOW + timedelta(hours=1))
    nurse = sign_in(cast.nurse)
    nurse.get(BOARD)
    page = nurse.get(nurse.post(reverse("lock"))["Location"])
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
    for words in ("Chair 1", "Chair 4", "Monitoring", "Since first 50 min", "Discharge gate in 75 min", "40-minute check late 10 min"):
        assert words in text
    for person in (session.patient, coming.patient):
        assert not any(word in page.text for word in (person.last_name, person.first_name, person.mrn))
    assert "/sessions/" not in page.text
    assert "no-store" in page["Cache-Control"]
    again = re.search(r'hx-get="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert nurse.get(again, headers=FRAGMENT).status_code == 204
    nurse.post(reverse("unlock"), {"password": PASSWORD, "next": BOARD})
    assert nurse.get(again, headers=FRAGMENT)["HX-Redirect"] == "/"


def test_the_fifth_wrong_password_ends_the_sign_in(cast, sign_in) -> None:
    nurse = sign_in(cast.nurse)
    nurse.get(STAFF)
    nurse.post(reverse("lock"))
    statuses = [nurse.post(reverse("unlock"), {"password": "x", "next": STAFF}).status_code for _ in range(5)]
    assert statuses == [422] * 4 + [302]
    assert "_auth_user_id" not in nurse.session
    assert AuditEntry.objects.get(action="lock.ended").actor == cast.nurse
    again = sign_in(cast.nurse)
    again.post(reverse("lock"))
    assert again.post(reverse("unlock"), {"password": PASSWORD}).status_code == 302
    assert "_auth_user_id" not in again.session  # five minutes' limit holds for the right one too


def test_a_full_sign_in_over_a_locked_one_starts_anew(cast, sign_in, still_clock) -> None:
    """Another person, or the same, by the sign-in page: the lock of before isn't inherited, nor is anything in it."""
    nurse = sign_in(cast.nurse)
    nurse.get(STAFF)
    still_clock.shift(minutes(11))
    signed = nurse.post(reverse("account_login"), {"login": cast.desk.email, "password": PASSWORD})
    assert signed.status_code == 302
    assert nurse.session["lock"]["who"] == cast.desk.pk
    assert nurse.get(STAFF).status_code == 200
    still_clock.shift(minutes(11))
    assert nurse.post(reverse("account_login"), {"login": cast.desk.email, "password": PASSWORD}).status_code == 302
    assert nurse.get(STAFF).status_code == 200


@pytest.mark.parametrize("told", ["https://evil.example/", "//evil.example", "/locked/?next=/", "javascript:alert(1)", ""])
def test_the_way_back_is_a_page_of_ours(cast, sign_in, told) -> None:
    nurse = sign_in(cast.nurse)
    nurse.get(STAFF)
    nurse.post(reverse("lock"))
    assert nurse.post(reverse("unlock"), {"password": PASSWORD, "next": told})["Location"] == reverse("home")


@pytest.mark.parametrize("told", ["/\r\nSet-Cookie: a=b", "/riverside/\x00", "/é"])
def test_a_way_back_that_breaks_a_header_is_still_a_way_back(cast, sign_in, told) -> None:
    """Asked of an open sign-in, which has nothing to unlock: no fault of the server, and no header of somebody else's."""
    answer = sign_in(cast.nurse).get(reverse("locked"), {"next": told})
    assert (answer.status_code, answer["Location"].isascii() and answer["Location"].isprintable()) == (303, True)
    assert "a" not in answer.cookies
