"""`make attack`: break-ins by hand at a real web process: a nurse of another site, and somebody who left."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings

from clinic import clock
from clinic.actions.invitations import invite
from clinic.models import AuditEntry, Membership, Site, User
from patients.models import Patient
from reports.models import Export
from sessions.models import TreatmentSession
from tests.support.attacker import Attacker
from tests.support.database import Databases
from tests.support.fixtures import stacks
from tests.support.hostile import Read
from tests.support.stack import LiveStack
from tests.support.visitor import Visitor

pytestmark = pytest.mark.timeout(3600)
PASSWORD, PIN = settings.VIGIL_DEMONSTRATION_PASSWORD, settings.VIGIL_DEMONSTRATION_PIN
CLOSED = (302, 303, 400, 401, 403, 404, 405, 414)
# Another person's words in headers that some servers believe.
BELIEVED = (
    {"X_Original_URL": "/riverside/patients/"}, {"X_Rewrite_URL": "/riverside/patients/"}, {"X_HTTP_Method_Override": "POST"}, {"X_Forwarded_For": "127.0.0.1"},
    {"X_Forwarded_Host": "evil.example"}, {"X_Forwarded_User": "admin@demo.example"}, {"Remote_User": "admin@demo.example"}, {"X_Real_IP": "127.0.0.1"},
    {"HX_Request": "true", "HX_Current_URL": "/riverside/patients/"}, {"X_Vigil_Background": "1"}, {"Authorization": "Basic YWRtaW46YWRtaW4="},
)  # fmt: skip


@pytest.fixture(scope="module")
def web(databases: Databases, demonstration: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    for make in stacks(databases, django_db_blocker, tmp_path_factory):
        yield make("web", copy_of=demonstration)


def person(web: LiveStack, word: str) -> Visitor:
    visitor = Visitor(web.url)
    assert visitor.sign_in(f"{word}@demo.example", PASSWORD).status == 302
    return visitor


def walked(web: LiveStack, word: str, seconds: float = 25) -> Attacker:
    """All that this person can reach by links."""
    someone = Attacker(Visitor(web.url), (f"{word}@demo.example", PASSWORD), "/riverside/")
    someone.sign_in()
    someone.walk(time.monotonic() + seconds)
    return someone


# --- a nurse of another site -----------------------------------------------------------------------------------------
def test_a_nurse_of_another_site_opens_nothing_that_a_colleague_has_open(web: LiveStack) -> None:
    """Every address and every form that Riverside's prescriber and administrator met, asked by Hillcrest's nurse: at Riverside, and under her own site's name."""
    hope, ours = person(web, "hill.nurse"), names_of("riverside") - names_of("hillcrest")
    before = state_of("riverside")
    strays: list[str] = []
    for word in ("prescriber", "admin"):
        for path, read in walked(web, word).pages.items():
            forms = [
                (urljoin(path, form.action), [(field.name, field.value) for field in form.fields]) for form in read.forms if form.method == "post"
            ]
            # The demonstration's nurse of Hillcrest broke the glass of one chart: the page of that shows it, by right and noted.
            if not path.startswith("/riverside/") or path.startswith("/riverside/emergency-read/"):
                continue
            for place in ("/riverside/", "/hillcrest/"):
                answers = [hope.get(path.replace("/riverside/", place, 1))]
                answers += [
                    hope.post(to.replace("/riverside/", place, 1), [one for one in fields if one[0] != "csrfmiddlewaretoken"], page="/hillcrest/")
                    for to, fields in forms if to.startswith("/riverside/") and place == "/riverside/"
                ]  # fmt: skip
                shown = [answer for answer in answers if any(name in answer.text for name in ours)]
                strays += [f"{answer.method} {answer.path} shows a patient of Riverside" for answer in shown]
                strays += [f"{answer.method} {answer.path}: {answer.status}" for answer in answers if place == "/riverside/" and answer.status != 404]
    assert strays == []
    assert state_of("riverside") == before


def names_of(slug: str) -> set[str]:
    return {f"{row.last_name}, {row.first_name}" for row in Patient.objects.filter(site__slug=slug)}


def state_of(slug: str) -> list[int]:
    """What changes with whatever happens at a site."""
    site = Site.objects.get(slug=slug)
    acts = AuditEntry.objects.filter(site=site).exclude(action__in=("access.hidden", "access.denied", "record.read", "account.signed_in"))
    return [
        acts.filter(actor__email="hill.nurse@demo.example").count(),
        Patient.objects.filter(site=site).count(),
        TreatmentSession.objects.filter(site=site).count(),
    ]


def test_neither_a_header_nor_a_crooked_path_leads_to_another_site(web: LiveStack) -> None:
    hope = person(web, "hill.nurse")
    names = names_of("riverside") - names_of("hillcrest")
    for headers in BELIEVED:
        for path in ("/riverside/patients/", "/riverside/", "/hillcrest/"):
            answer = hope.get(path, **headers)
            assert not any(name in answer.text for name in names), (path, headers)
            assert answer.status == (200 if path == "/hillcrest/" else 404), (path, headers, answer.status)
    for path in (
        "/hillcrest/../riverside/patients/", "/hillcrest/%2e%2e/riverside/patients/", "//riverside/patients/", "/Riverside/patients/", "/riverside%00/patients/",
        "/riverside;/patients/", "/hillcrest%2f..%2friverside/patients/", "/riverside%20/patients/", "/./riverside/patients/", "/hillcrest/..%5criverside/patients/",
        "/static/../riverside/patients/", "/static/..%2f..%2fvigil.sqlite3", "/static/%2e%2e/%2e%2e/manage.py", "/locked/../riverside/patients/", "/%EF%BD%92iverside/patients/",
    ):  # fmt: skip
        answer = hope.ask("GET", path)
        assert answer.status in CLOSED, (path, answer.status)
        assert not any(name in answer.text for name in names), path


def test_no_field_too_many_makes_more_of_anybody(web: LiveStack) -> None:
    """Mass assignment: fields that no form has, on every form of her own."""
    hope = person(web, "hill.nurse")
    own, boss = Membership.objects.get(user__email="hill.nurse@demo.example"), Site.objects.get(slug="riverside")
    more = {"role": "administrator", "credential": "md", "site": str(boss.pk), "site_id": str(boss.pk), "is_superuser": "on", "is_staff": "on", "is_active": "on", "user": "1", "user_id": "1", "by": "1", "recorded_by": "1", "now": "2020-01-01", "membership": "1", "_method": "DELETE"}  # fmt: skip
    before = state_of("riverside")
    someone = Attacker(hope, ("hill.nurse@demo.example", PASSWORD), "/hillcrest/")
    someone.walk(time.monotonic() + 15)
    for path, read in someone.pages.items():
        for form in [form for form in read.forms if form.method == "post" and "/hillcrest/" in urljoin(path, form.action)]:
            fields = {field.name: field.value for field in form.fields}
            assert (
                hope.post(
                    urljoin(path, form.action), {**more, **fields, **{name: more[name] for name in ("role", "is_superuser", "site")}}, page=path
                ).status
                < 500
            )
    own.refresh_from_db()
    user = User.objects.get(pk=own.user_id)
    assert (own.role, own.site.slug) == ("monitor", "hillcrest")
    assert not getattr(user, "is_superuser", False)
    assert Membership.objects.filter(user=user).count() == 1
    assert state_of("riverside") == before


def test_a_colleagues_export_is_theirs_alone(web: LiveStack) -> None:
    """Asked for by the administrator: fetched by nobody else, at either site, and not by them once they are no administrator."""
    page, admin = "/riverside/reports/exports/", person(web, "admin")
    form = next(form for form in Read(admin.get(page).text).forms if any(field.name == "recipient" for field in form.fields))
    asked = admin.post(page, {field.name: field.value for field in form.fields}, page=page)
    row = Export.objects.get(asked_by__email="admin@demo.example", site__slug="riverside")
    assert asked.status == 303
    for word in ("hill.nurse", "nurse", "prescriber", "auditor", "desk"):
        visitor = person(web, word)
        for slug, rest in product(("riverside", "hillcrest"), ("", "file/", "cancel/", "again/")):
            path = f"/{slug}/reports/exports/{row.pk}/{rest}"
            answers = [visitor.get(path), visitor.post(path, {}, page="/accounts/sign-ins/")]
            assert all(answer.status in (403, 404, 405) for answer in answers), (word, path)
    assert admin.get(f"{page}{row.pk}/file/").status == 200
    Membership.objects.filter(user__email="admin@demo.example", site__slug="riverside").update(role="monitor")
    assert admin.get(f"{page}{row.pk}/file/").status == 403
    Membership.objects.filter(user__email="admin@demo.example", site__slug="riverside").update(role="administrator")


# --- somebody who left -----------------------------------------------------------------------------------------------
def test_who_left_finds_every_way_back_shut(web: LiveStack) -> None:
    """Sign-ins at two browsers, a copied cookie, a PIN, a calendar's address, a reset asked for before: all kept for later."""
    noah = User.objects.get(email="nurse2@demo.example")
    at_work, at_home = person(web, "nurse2"), person(web, "nurse2")
    feeds, calendar = "/riverside/feeds/", feed_of(at_work)
    tablet = enrolled(web)
    charts = [link for link in Read(at_work.get("/riverside/patients/").text).links if "/patients/" in link][:2]
    Visitor(web.url).post("/accounts/password/reset/", {"email": noah.email}, page="/accounts/password/reset/")
    reset = re.search(r"/accounts/password/reset/key/\S+", web.smtp.to(noah.email)[-1].get_content())
    assert reset is not None

    admin, place = person(web, "admin"), Membership.objects.get(user=noah, site__slug="riverside")
    assert admin.post(f"/riverside/staff/{place.pk}/end/", {}, page=f"/riverside/staff/{place.pk}/").status == 303

    for visitor in (at_work, at_home, Visitor(web.url, dict(at_home.cookies))):
        for path in ("/riverside/", "/riverside/patients/", "/riverside/calls/", *charts, feeds, "/riverside/pin/"):
            assert visitor.get(path).status in (302, 404), path
            assert visitor.get(path, HX_Request="true").status in (401, 404), path
    told = Visitor(web.url).get(calendar).text
    assert not re.search(r"STATUS:(CONFIRMED|TENTATIVE)", told), "the calendar goes on"
    assert "Noah" not in tablet.get("/locked/").text
    assert tablet.post("/locked/pin/", {"who": str(place.pk), "pin": PIN}, page="/locked/").status == 422

    newcomer = Visitor(web.url)
    page = newcomer.get(reset[0])
    assert page.status == 302
    newcomer.post(page.where, {"password1": "a quite new long passphrase", "password2": "a quite new long passphrase"}, page=page.where)
    assert newcomer.sign_in(noah.email, "a quite new long passphrase").status in (200, 302)
    assert newcomer.get("/riverside/").status in (302, 404)
    assert "Riverside" not in newcomer.get("/").text

    User.objects.filter(pk=noah.pk).update(is_active=False)
    for visitor in (at_work, newcomer):
        assert visitor.get("/accounts/sign-ins/").status == 302
    gone = Visitor(web.url)
    gone.sign_in(noah.email, "a quite new long passphrase")
    assert not gone.is_signed_in


def feed_of(visitor: Visitor) -> str:
    """The address of a calendar of one's own, made now."""
    page = "/riverside/feeds/"
    form = next(form for form in Read(visitor.get(page).text).forms if form.method == "post" and "name" in {field.name for field in form.fields})
    visitor.post(urljoin(page, form.action), {field.name: field.value for field in form.fields} | {"name": "Mine", "scope": "site"}, page=page)
    found = re.search(r"/f/[\w-]+\.ics", visitor.get(page).text)
    assert found is not None
    return found[0]


def enrolled(web: LiveStack) -> Visitor:
    """A tablet of Riverside with nobody signed in: the cookie that an administrator's press left."""
    admin, page = person(web, "admin"), "/riverside/settings/screens/"
    assert admin.post(f"{page}tablet/", {"name": f"Tablet {time.monotonic_ns()}"}, page=page).status == 303
    return Visitor(web.url, {"vigil_tablet": admin.cookies["vigil_tablet"]})


def test_an_invitation_pressed_by_many_at_once_makes_one_person(web: LiveStack) -> None:
    site, admin = Site.objects.get(slug="riverside"), User.objects.get(email="admin@demo.example")
    _, token = invite(site, email="new@demo.example", printed_name="New Nurse", role="monitor", credential="rn", by=admin, now=clock.now())
    path, words = f"/join/{token}/", "a quite new long passphrase"

    def join(number: int) -> int:
        fields = {"printed_name": f"New {number}", "password": words, "again": words, "role": "administrator", "email": "boss@demo.example"}
        return Visitor(web.url).post(path, fields, page=path).status

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(join, range(8)))
    assert answers.count(303) == 1
    assert all(status in (303, 404, 422, 429) for status in answers), answers
    assert [(row.role, row.site.slug) for row in Membership.objects.filter(user__email="new@demo.example")] == [("monitor", "riverside")]
    assert not User.objects.filter(email="boss@demo.example").exists()
    assert Visitor(web.url).get(path).status == 404
