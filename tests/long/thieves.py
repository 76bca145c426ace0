"""`make attack`: break-ins by hand at a real web process: a patient with a link, and a thief with a tablet."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from urllib.parse import urlencode

import pytest

from clinic import clock
from clinic.models import Membership, PinDoor, Screen, Signature
from patients.models import Patient
from reminders.links import token_for
from sessions.models import TreatmentSession
from sessions.states import PRESENT, Status
from tests.long.intruders import PASSWORD, PIN, enrolled, person, web
from tests.support.stack import LiveStack
from tests.support.visitor import Visitor

__all__ = ["web"]
pytestmark = pytest.mark.timeout(3600)
TWO_MINUTES = timedelta(minutes=2)
EVIL = "https://evil.example/"
WAYS_OFF = (
    EVIL, "//evil.example/", "/\\evil.example/", "\\\\evil.example", "https:evil.example", "http:///evil.example", "javascript:alert(1)",
    "/\t/evil.example/", "//evil.example@127.0.0.1/", "/\r\nSet-Cookie: vigilcanary=1", "/é\u2028", "/%0d%0aLocation: https://evil.example/", "/\x00",
)  # fmt: skip


# --- a patient with a link -------------------------------------------------------------------------------------------
def visits() -> list[TreatmentSession]:
    """Coming visits of several patients."""
    found: dict[int, TreatmentSession] = {}
    for row in TreatmentSession.objects.filter(site__slug="riverside", status=Status.BOOKED, starts_at__gt=clock.now()).order_by("starts_at", "pk"):
        found.setdefault(row.patient_id, row)
    return list(found.values())


def link(visit: TreatmentSession) -> str:
    return f"/v/{token_for(visit, useless_at=visit.ends_at)}/"


def birth(visit: TreatmentSession, **more: str) -> dict[str, str]:
    born = visit.patient.birth_on
    return {"year": str(born.year), "month": str(born.month), "day": str(born.day), **more}


def test_a_birth_date_is_not_guessed_by_many_at_once(web: LiveStack) -> None:
    """Forty guesses from as many browsers, each from an address of its own if one believes them, and the right date among the last."""
    visit = visits()[0]
    path = f"{link(visit)}birth/"

    def guess(number: int) -> int:
        told = {"year": str(1950 + number), "month": "1", "day": "1"} if number < 39 else birth(visit)
        return Visitor(web.url).post(path, told, page=link(visit), X_Forwarded_For=f"203.0.113.{number}").status

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(40)))
    assert 303 not in answers
    assert set(answers) <= {422, 429}


def test_a_link_opens_its_own_visit_and_nothing_else(web: LiveStack) -> None:
    """The proof of one patient at another's link, tokens turned by a sign, the token at other doors, staff's pages with a patient's cookie."""
    mine, others = visits()[1], visits()[2]
    guest = Visitor(web.url)
    assert guest.post(f"{link(mine)}birth/", birth(mine), page=link(mine)).status == 303
    assert "Your visit" in guest.get(link(mine)).text
    for rest in ("", "prepare/", "move/", "cancel/", "calendar/"):
        answer = guest.get(link(others) + rest)
        assert answer.status in (200, 302, 303)
        assert "BEGIN:VCALENDAR" not in answer.text
        assert not re.search(r'name="(slot|reason|ride)"', answer.text), rest
        guest.post(link(others) + rest, {"reason": "ill", "year": "1990", "month": "1", "day": "1"}, page=link(others))
    others.refresh_from_db()
    assert (others.status, others.confirmed_at) == (Status.BOOKED, None)
    token = link(mine).split("/")[2]
    turned = [token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(0, len(token), 4)]
    for told in (*turned[:12], token[:-1], token + "A", token + "%3D", token.swapcase(), token[::-1], "%00", "..%2f..%2friverside"):
        assert Visitor(web.url).get(f"/v/{told}/").status in (404, 400, 429), told
    for path in (
        "/riverside/",
        "/riverside/patients/",
        f"/r/{token}/",
        f"/f/{token}.ics",
        f"/join/{token}/",
        f"{link(mine)}../../riverside/",
        f"{link(mine)}%2e%2e/riverside/",
    ):
        assert guest.get(path).status in (302, 404), path
    for cookie in ("x", "W10:1:1", guest.cookies["visits"] + "x", guest.cookies["visits"][:-4]):
        assert 'name="year"' in Visitor(web.url, {"visits": cookie}).get(link(mine)).text


@pytest.mark.parametrize(
    "slot",
    [
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-01-01",
        "9999-12-31T23:59:59+00:00",
        "",
        "x" * 5000,
        "2026-06-11T11:00:00+00:00\x00",
    ],
)
def test_a_slot_that_was_not_offered_is_not_had(slot: str, web: LiveStack) -> None:
    visit = visits()[3]
    guest = Visitor(web.url)
    guest.post(f"{link(visit)}birth/", birth(visit), page=link(visit))
    assert guest.post(f"{link(visit)}move/", {"slot": slot, "client_key": "junk"}, page=f"{link(visit)}move/").status in (422, 429)
    before = visit.starts_at
    visit.refresh_from_db()
    assert visit.starts_at == before


# --- a thief with a tablet -------------------------------------------------------------------------------------------
def test_a_locked_tablet_shows_no_name_by_any_address(web: LiveStack) -> None:
    """Deep links as page and as fragment, other verbs, the page's own next=, an old key of the sign-in, the browser's way back."""
    nurse, names = person(web, "nurse"), [row.last_name for row in Patient.objects.filter(site__slug="riverside")]
    session = TreatmentSession.objects.filter(site__slug="riverside", status__in=PRESENT).order_by("pk")[0]
    before = dict(nurse.cookies)
    assert session.patient.last_name in nurse.get(f"/riverside/sessions/{session.pk}/").text
    assert nurse.post("/locked/lock/", {}, page="/riverside/").status == 303
    deep = ("/riverside/", "/riverside/patients/", f"/riverside/sessions/{session.pk}/", f"/riverside/sessions/{session.pk}/news/?since=0", "/riverside/calls/", "/", "/accounts/sign-ins/", "/riverside/reports/compliance.json")  # fmt: skip
    ways = (
        {},
        {"HX_Request": "true"},
        {"HX_Request": "true", "HX_Current_URL": f"{web.url}/locked/"},
        {"X_Vigil_Background": "1"},
        {"Accept": "application/json"},
    )
    for visitor in (nurse, Visitor(web.url, before), Visitor(web.url, {**before, "csrftoken": nurse.cookies["csrftoken"]})):
        for path, headers, method in product(deep, ways, ("GET", "HEAD", "POST", "PUT", "OPTIONS")):
            answer = visitor.ask(method, path, **headers)
            assert answer.status in (302, 303, 401, 403, 405), (method, path, headers, answer.status)
            assert not any(name in answer.text for name in names), (method, path)
    page = nurse.get("/locked/?next=/riverside/patients/")
    assert not any(name in page.text for name in names)
    assert "no-store" in page.header("Cache-Control")


def test_nothing_at_the_locked_page_leads_off_or_breaks(web: LiveStack) -> None:
    nurse = person(web, "nurse")
    for is_locked, told, headers in product((False, True), WAYS_OFF, ({}, {"HX_Request": "true"})):
        if is_locked and not told.startswith("/locked"):
            nurse.post("/locked/lock/", {"next": told}, page="/accounts/sign-ins/")
        answers = [
            nurse.get(f"/locked/?{encoded(told)}", **headers),
            nurse.post("/locked/unlock/", {"next": told, "password": PASSWORD}, page="/locked/", **headers),
        ]
        answers.append(nurse.post("/locked/pin/", {"next": told}, page="/accounts/sign-ins/", **headers))
        for answer in answers:
            assert answer.status < 500, (told, is_locked, answer.status)
            assert not answer.leads_off(web.url), (told, answer.headers)
            assert "vigilcanary" not in answer.header("Set-Cookie")
    for path in ("/accounts/login/", "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/second-step/reauthenticate/"):
        for told in WAYS_OFF:
            visitor = person(web, "nurse") if "reauth" in path else Visitor(web.url)
            fields = {"next": told, "login": "nurse@demo.example", "password": PASSWORD}
            answer = visitor.post(f"{path}?{encoded(told)}", fields, page=f"{path}?{encoded(told)}")
            assert answer.status < 500, (path, told)
            assert not answer.leads_off(web.url), (path, told, answer.headers)


def encoded(told: str) -> str:
    return urlencode({"next": told})


def test_a_pin_has_five_guesses_however_they_come(web: LiveStack) -> None:
    """Sixty at once over connections of their own, with names of other sites and of nobody; then the right one is refused too."""
    tablet = enrolled(web)
    who = Membership.objects.get(user__email="support@demo.example").pk
    page = tablet.get("/locked/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token is not None

    def guess(number: int) -> int:
        fields = {"who": str(who), "pin": f"{number:06}", "csrfmiddlewaretoken": token[1]}
        return Visitor(web.url, dict(tablet.cookies)).post("/locked/pin/", fields, X_Forwarded_For=f"203.0.113.{number}").status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(guess, range(60))) == {422}
    here = Screen.objects.filter(kind=Screen.Kind.TABLET).order_by("-pk")[0]
    assert PinDoor.objects.get(screen=here, membership_id=who).wrong == 5
    assert tablet.post("/locked/pin/", {"who": str(who), "pin": PIN}, page="/locked/").status == 422
    theirs = Membership.objects.get(user__email="hill.nurse@demo.example").pk
    for told in (str(theirs), "0", "-1", "٣", "x", "9" * 5000, f"{who}\x00", f" {who}", "1e3"):
        assert tablet.post("/locked/pin/", {"who": told, "pin": PIN}, page="/locked/").status == 422
    assert not tablet.is_signed_in


def test_what_a_pin_opened_signs_nothing_and_lasts_nowhere_else(web: LiveStack) -> None:
    tablet, signed = enrolled(web), Signature.objects.count()
    who = Membership.objects.get(user__email="nurse@demo.example").pk
    assert tablet.post("/locked/pin/", {"who": str(who), "pin": PIN}, page="/locked/").status == 303
    assert tablet.get("/riverside/").status == 200
    session = TreatmentSession.objects.filter(site__slug="riverside", status=Status.MONITORING).order_by("pk")[0]
    for password in (PIN, "", "x", PIN * 2):
        tablet.post(
            f"/riverside/sessions/{session.pk}/discharge/",
            {"password": password, "client_key": "00000000-0000-0000-0000-000000000001"},
            page=f"/riverside/sessions/{session.pk}/",
        )
    assert Signature.objects.count() == signed
    for path in ("/accounts/password/change/", "/accounts/second-step/", "/accounts/sign-ins/", "/riverside/feeds/", "/riverside/reports/exports/"):
        assert tablet.get(path).status in (302, 403, 404), path
    elsewhere = Visitor(web.url, {name: value for name, value in tablet.cookies.items() if name != "vigil_tablet"})
    here = Screen.objects.filter(kind=Screen.Kind.TABLET).order_by("-pk")[0]
    assert person(web, "admin").post(f"/riverside/settings/screens/{here.pk}/revoke/", {}, page="/riverside/settings/screens/").status == 303
    web.move_clock(TWO_MINUTES)
    for visitor in (elsewhere, tablet):
        assert visitor.get("/riverside/").status == 302
