"""Who is believed about the address of a request, and how often a page without a sign-in may be asked for."""

from datetime import timedelta

import pytest
from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from clinic.actions.screens import enrol_screen
from config import public
from config.operating.requests import RequestMiddleware
from config.public import LIMITS, network_of
from tests.access_table import OPEN
from tests.cast import NOW, Cast

FORWARDED = {"X-Forwarded-For": "10.9.9.9, 203.0.113.7", "X-Forwarded-Proto": "https", "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
PROXY, STRANGER = "172.30.87.2", "198.51.100.4"


@pytest.fixture
def behind_one(settings: Settings) -> Settings:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.VIGIL_PROXY_NETWORKS = ["172.30.87.0/24"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return settings


def seen(peer: str, headers: dict[str, str]) -> tuple[str, bool]:
    """The address and the scheme that the app takes for the client's."""
    told: list[tuple[str, bool]] = []
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)

    def page(request: HttpRequest) -> HttpResponse:
        told.append((get_adapter().get_client_ip(request), request.is_secure()))
        return HttpResponse()

    RequestMiddleware(page)(request)
    return told[0]


def test_only_a_named_proxy_is_believed_about_address_and_scheme(behind_one: Settings) -> None:
    assert seen(PROXY, FORWARDED) == ("203.0.113.7", True)
    assert seen(PROXY, {}) == (PROXY, False)
    for stranger in (STRANGER, "127.0.0.1", "::1"):
        assert seen(stranger, FORWARDED) == (stranger, False)
    behind_one.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert seen(PROXY, FORWARDED) == ("10.9.9.9", True)
    assert seen(PROXY, {**FORWARDED, "X-Forwarded-For": "203.0.113.7"}) == (PROXY, True)  # past the outer proxy: no guess
    behind_one.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert seen(PROXY, FORWARDED) == (PROXY, False)


def test_every_page_without_a_sign_in_has_its_limit() -> None:
    assert set(LIMITS) == OPEN - {"healthz", "readyz", "metrics"}  # the operator's own monitor
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"


def asked(name: str, token: str = "x" * 43, peer: str = STRANGER, **headers: str) -> tuple[int, bytes]:
    response = Client().get(reverse(name, args=[token]), REMOTE_ADDR=peer, headers=headers)
    return response.status_code, response.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["visit", "feed", "screen", "accept_invitation", "text_hook"])
def test_too_many_get_one_answer_in_plain_words_and_no_query(
    name: str, monkeypatch: pytest.MonkeyPatch, still_clock, behind_one: Settings, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    kind = public.Limit(name, by_address=4, by_token=2)
    monkeypatch.setitem(LIMITS, name, kind)
    usual = asked(name)[0]
    assert usual in (404, 405)
    assert [asked(name)[0] for _ in range(2)] == [usual, 429]  # by token
    assert [asked(name, str(number))[0] for number in range(4)] == [usual, usual, 429, 429]  # by address: four that led nowhere
    assert asked(name, "4", peer=PROXY, **{"X-Forwarded-For": STRANGER})[0] == 429  # the real address, through the proxy
    assert asked(name, "5", peer=PROXY, **{"X-Forwarded-For": "203.0.113.9"})[0] == usual
    behind_one.VIGIL_CLOCK_MAY_MOVE = False  # as in production: the suite's clock is a row
    with django_assert_num_queries(0):
        response = Client().get(reverse(name, args=["6"]), REMOTE_ADDR=STRANGER)
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (429, "60", "no-store")
    assert "Wait a minute, then try again." in response.content.decode()
    still_clock.shift(timedelta(minutes=1))
    assert asked(name)[0] == usual


@pytest.mark.django_db
def test_a_good_link_is_never_shut_by_guesses_behind_the_same_router(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, still_clock, behind_one: Settings
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setitem(LIMITS, "screen", public.Limit("screen", by_address=2, by_token=9))
    _, token = enrol_screen(cast.riverside, name="Corridor", kind="wall", chair=None, by=cast.admin, now=NOW)
    assert asked("screen", token)[0] == 200
    assert [asked("screen", str(number))[0] for number in range(3)] == [404, 404, 429]
    assert [asked("screen", token)[0] for _ in range(3)] == [200, 200, 200]


def test_an_ipv4_address_in_ipv6s_clothes_is_itself(behind_one: Settings) -> None:
    assert network_of("::ffff:203.0.113.7") == network_of("203.0.113.7") == "203.0.113.7"
    assert seen(f"::ffff:{PROXY}", FORWARDED) == ("203.0.113.7", True)
