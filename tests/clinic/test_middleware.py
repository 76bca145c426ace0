"""The request's moment, denials that leave one entry, and 401 for the fragments of people who were signed out."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from clinic import access
from clinic.middleware import DenialMiddleware
from clinic.models import AuditEntry, Site
from clinic.roles import Permission
from tests.cast import NOW, Cast
from tests.factories.clinic import PASSWORD
from tests.factories.patients import PatientFactory

SignIn = Callable[..., Client]


def denials() -> list[tuple[str, str, str, str]]:
    rows = AuditEntry.objects.filter(action__startswith="access.").order_by("pk")
    return list(rows.values_list("chain", "action", "target_kind", "target_pk"))


def test_every_answer_tells_the_servers_time(cast: Cast, sign_in: SignIn) -> None:
    for url in (reverse("staff", args=["riverside"]), reverse("audit", args=["riverside"]), "/nowhere/"):
        assert datetime.fromisoformat(sign_in(cast.nurse).get(url)["X-Server-Now"]) == NOW


def test_no_answer_stays_in_the_browser(cast: Cast, sign_in: SignIn, client: Client) -> None:
    answers = [sign_in(cast.nurse).get(f"/riverside/{path}") for path in ("patients/", "schedule/", "staff/", "nowhere/", "audit/")]
    answers.append(client.get("/riverside/patients/"))
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 403, 302]
    assert all("no-store" in answer["Cache-Control"] for answer in answers)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_signed_out_fragment_gets_401_and_a_page_the_sign_in(cast: Cast, client: Client, method: str) -> None:
    url = reverse("staff", args=["riverside"])
    fragment = getattr(client, method)(url, headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers.get("Location")) == (401, None)
    page = getattr(client, method)(url)
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_login"))


BACK = [("http://testserver/riverside/day/?day=2026-06-14", "/riverside/day/?day=2026-06-14"), ("https://evil.example/riverside/", "/"), ("", "/")]


@pytest.mark.parametrize(("came_from", "back"), BACK)
def test_who_presses_after_the_sign_in_has_ended_comes_back_to_that_page(cast: Cast, client: Client, came_from: str, back: str) -> None:
    pressed = client.post(reverse("emergency_press", args=["riverside"]), headers={"Referer": came_from})
    assert dict(parse_qsl(urlsplit(pressed["Location"]).query)) == {"next": back}
    assert not AuditEntry.objects.filter(site=cast.riverside).exists()
    page = client.get(pressed["Location"])
    assert "You were signed out: nothing was done." in page.content.decode()
    landed = client.post(pressed["Location"], {"login": cast.nurse.email, "password": PASSWORD, "next": back})
    assert (landed["Location"], client.get(back).status_code) == (back, 303 if back == "/" else 200)


def test_a_fragment_pressed_after_that_leaves_no_word_for_the_sign_in(cast: Cast, client: Client) -> None:
    assert client.post(reverse("emergency_press", args=["riverside"]), headers={"HX-Request": "true"}).status_code == 401
    assert "nothing was done" not in client.get(reverse("account_login")).content.decode()


def test_a_fragment_of_a_signed_in_person_passes(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.admin, htmx=True).get(reverse("staff", args=["riverside"])).status_code == 200


def test_a_forbidden_act_leaves_one_entry_at_its_site(cast: Cast, sign_in: SignIn, riverside: Site) -> None:
    response = sign_in(cast.desk).get(reverse("audit", args=["riverside"]))
    assert response.status_code == 403
    assert denials() == [(f"site:{riverside.pk}", "access.denied", "site", "")]
    entry = AuditEntry.objects.get(action="access.denied")
    assert (entry.actor, entry.happened_at) == (cast.desk, NOW)
    assert entry.body.splitlines()[-2:] == ['change method "GET"', 'change permission "view_audit"']


@pytest.mark.parametrize("who", ["stranger", "former"])
def test_a_hidden_site_leaves_one_entry_in_the_houses_chain(cast: Cast, sign_in: SignIn, who: str) -> None:
    assert sign_in(cast.person(who)).get(reverse("staff", args=["riverside"])).status_code == 404
    assert denials() == [("house", "access.hidden", "site", "riverside")]


def test_a_site_that_is_another_s_and_one_that_is_not_there_look_the_same(cast: Cast, sign_in: SignIn) -> None:
    here = sign_in(cast.stranger)
    answers = [here.get(reverse("staff", args=[slug])) for slug in ("riverside", "nowhere")]
    assert answers[0].status_code == answers[1].status_code == 404
    here_told, there_told = (answer.content.replace(answer["X-Request-ID"].encode(), b"its own id") for answer in answers)
    assert here_told.replace(b"riverside", b"nowhere") == there_told


def test_nobody_in_particular_leaves_no_entry(cast: Cast, client: Client) -> None:
    client.get(reverse("staff", args=["riverside"]))
    assert denials() == []


def test_the_entry_outlives_the_refused_transaction(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        try:
            with transaction.atomic():
                PatientFactory(site=cast.riverside)
                access.site_for(request, "riverside", Permission.VIEW_AUDIT)
        except PermissionDenied:
            return HttpResponse(status=403)
        return HttpResponse()

    request = RequestFactory().post("/")
    request.user, request.now = cast.desk, NOW  # type: ignore[attr-defined]
    assert DenialMiddleware(view)(request).status_code == 403
    assert [kind for _, kind, _, _ in denials()] == ["access.denied"]
    assert not cast.riverside.patients.exists()


def test_a_long_word_in_the_path_is_cut_to_the_column(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.nurse).get(reverse("staff", args=["x" * 300])).status_code == 404
    assert denials() == [("house", "access.hidden", "site", "x" * 40)]
