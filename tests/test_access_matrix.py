"""Every url × method × role, and strangers: the exact answer of each, derived from the table of roles and tests/access_table.py."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic.models import AuditEntry, Chair, Membership, Site, User
from clinic.roles import MAY, Role
from patients.models import Patient
from sessions.models import TreatmentSession
from tests.access_objects import OBJECTS, Arguments, elsewhere
from tests.access_table import OPEN, PAGES, SIGNED_IN, Entry
from tests.cast import NOW, TODAY, Cast, make_cast
from tests.factories.changing import change

pytestmark = pytest.mark.django_db

STAFF = ("desk", "support", "nurse", "prescriber", "admin", "auditor")
OUTSIDERS = ("stranger", "former")
HIDDEN, FORBIDDEN = ("access.hidden",), ("access.denied",)
CANARY = "Kanarienvogel"
ANSWERED = {200, 204, 303, 422}


@dataclass(frozen=True)
class Answer:
    status: int
    denials: tuple[str, ...]


def of_ours(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from of_ours(pattern.url_patterns)
        elif not pattern.lookup_str.startswith("allauth."):
            yield pattern


def names() -> set[str]:
    return {pattern.name or pattern.lookup_str for pattern in of_ours(get_resolver().url_patterns)}


def test_the_table_knows_every_url_and_no_other() -> None:
    assert names() - set(PAGES) - OPEN - SIGNED_IN == set(), "urls that tests/access_table.py doesn't know"
    assert set(PAGES) | OPEN | SIGNED_IN == names() | {"healthz"}, "entries of urls that are gone"


@dataclass(frozen=True)
class World:
    """The cast, a row of each kind at each site, and a client of each person: made once, since no request leaves a trace."""

    cast: Cast
    here: dict[str, Arguments]
    there: dict[str, Arguments]
    clients: dict[str, Client]

    def may(self, who: str, entry: Entry) -> bool:
        return set(entry.needs) <= MAY[Role(self.cast.of(self.cast.person(who)).role)]


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is gone afterwards, so that each request meets the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), undone():
        cast = make_cast()
        rows = [{kind: make(place) for kind, make in OBJECTS.items()} for place in (cast, elsewhere(cast))]
        change(Patient.objects.filter(site=cast.hillcrest), last_name=CANARY)
        Chair.objects.filter(site=cast.hillcrest).update(name=CANARY)
        User.objects.filter(pk=cast.stranger.pk).update(printed_name=CANARY)
        yield World(cast, *rows, {who: client_of(cast.person(who)) for who in (*STAFF, *OUTSIDERS)})


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def asked(client: Client, method: str, url: str) -> Answer:
    with undone():
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        response: HttpResponse = getattr(client, method.lower())(url)
        denials = AuditEntry.objects.filter(pk__gt=last, action__in=HIDDEN + FORBIDDEN).order_by("pk").values_list("action", flat=True)
        return Answer(response.status_code, tuple(denials))


def strays_of_roles(name: str, world: World) -> list[str]:
    """Answers of a page to each role that the table doesn't foresee."""
    entry = PAGES[name]
    url = reverse(name, kwargs={"site": "riverside", **world.here[entry.of]})
    strays = []
    for who, method in product(STAFF, entry.methods):
        answer = asked(world.clients[who], method, url)
        is_right = answer.status in ANSWERED and not answer.denials if world.may(who, entry) else answer == Answer(403, FORBIDDEN)
        strays += [] if is_right else [f"{method} as {who}: {answer}"]
    return strays


def strays_of_strangers(name: str, world: World) -> list[str]:
    """Of another site, or gone from this one; and rows of another site or of nowhere, by a person who may do the act."""
    entry = PAGES[name]
    able = next(who for who in STAFF if world.may(who, entry))
    tries = [(who, world.here[entry.of]) for who in OUTSIDERS] + [(able, row) for row in foreign(world.there[entry.of])]
    strays = []
    for method, (who, row) in product(entry.methods, tries):
        answer = asked(world.clients[who], method, reverse(name, kwargs={"site": "riverside", **row}))
        strays += [] if answer == Answer(404, HIDDEN) else [f"{method} as {who} of {row}: {answer}"]
    return strays


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_role_gets_its_answer(name: str, world: World) -> None:
    assert strays_of_roles(name, world) == []
    methods = {"GET", "POST"} - set(PAGES[name].methods)
    url = reverse(name, kwargs={"site": "riverside", **world.here[PAGES[name].of]})
    assert {asked(world.clients["admin"], method, url) for method in methods} <= {Answer(405, ())}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_nobody_gets_in_where_they_do_not_belong(name: str, world: World) -> None:
    assert strays_of_strangers(name, world) == []


def foreign(there: Arguments) -> Iterator[Arguments]:
    """Another site's row, one that nobody has, one beyond all numbers; nothing for pages that name no row."""
    if "pk" in there:
        yield from (there, {**there, "pk": 10**9}, {**there, "pk": 10**30})
    if "uid" in there:
        yield from (there, {"uid": uuid.uuid4()})


@pytest.mark.parametrize("name", sorted(name for name, entry in PAGES.items() if "GET" in entry.methods))
def test_no_page_shows_anything_of_another_site(name: str, world: World) -> None:
    entry = PAGES[name]
    able = next(who for who in STAFF if world.may(who, entry))
    with undone():
        response = world.clients[able].get(reverse(name, kwargs={"site": "riverside", **world.here[entry.of]}))
    assert response.status_code in ANSWERED
    assert CANARY not in response.content.decode(errors="replace")


def test_a_row_of_another_site_is_not_taken_from_query_or_body(world: World) -> None:
    """Booking names its patient in the query and its chair in the body."""
    patients, chairs = (rows["patient"]["pk"] for rows in (world.here, world.there)), (rows["chair"]["pk"] for rows in (world.here, world.there))
    (ours, theirs), (_, their_chair) = patients, chairs
    address, desk = reverse("session_book", args=["riverside"]), world.clients["desk"]
    assert asked(desk, "GET", f"{address}?patient={theirs}") == asked(desk, "POST", f"{address}?patient={theirs}") == Answer(404, HIDDEN)
    before = TreatmentSession.objects.count()
    slot = {"client_key": uuid.uuid4(), "day": TODAY, "starts_at": "15:00", "chair": their_chair, "dose_mg": 56}
    with undone():
        assert desk.post(f"{address}?patient={ours}", slot).status_code == 422
        assert TreatmentSession.objects.count() == before


@pytest.mark.parametrize("name", sorted(PAGES))
def test_who_is_signed_out_is_sent_to_sign_in(name: str, world: World) -> None:
    url = reverse(name, kwargs={"site": "riverside", **world.here[PAGES[name].of]})
    for method in ("get", "post"):
        response = getattr(Client(), method)(url)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("account_login"))


# Hooks go by signature: who can't sign gets 403 (tests/reminders/test_inbound.py).
@pytest.mark.parametrize("name", sorted(OPEN - {"healthz", "readyz", "metrics", "text_hook", "text_status"}))
def test_a_guessed_link_tells_nothing(name: str, world: World) -> None:
    for token, method in product(("x" * 43, "x", "é" * 20, "1" * 4000), ("GET", "POST")):
        assert asked(Client(), method, reverse(name, args=[token])) == Answer(404, ())


def test_the_front_page_wants_somebody(world: World) -> None:
    assert asked(Client(), "GET", reverse("home")).status == 302
    for client in world.clients.values():
        assert asked(client, "GET", reverse("home")).status in (200, 303)


def test_a_changed_role_counts_with_the_next_request(world: World) -> None:
    with undone():
        Membership.objects.filter(user=world.cast.nurse).update(role=Role.AUDITOR)
        assert asked(world.clients["nurse"], "GET", reverse("duty", args=["riverside"])) == Answer(403, FORBIDDEN)


def test_a_disabled_person_is_out_with_the_next_request(world: World) -> None:
    with undone():
        User.objects.filter(pk=world.cast.nurse.pk).update(is_active=False)
        assert asked(world.clients["nurse"], "GET", reverse("staff", args=["riverside"])).status == 302


@pytest.mark.parametrize("name", sorted(PAGES))
def test_an_archived_site_is_hidden_from_its_own_people(name: str, world: World) -> None:
    entry, address = PAGES[name], {"site": "riverside", **world.here[PAGES[name].of]}
    able = next(who for who in STAFF if world.may(who, entry))
    with undone():
        Site.objects.filter(slug="riverside").update(is_archived=True)
        assert {asked(world.clients[able], method, reverse(name, kwargs=address)) for method in entry.methods} == {Answer(404, HIDDEN)}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_site_that_is_nowhere_is_hidden_too(name: str, world: World) -> None:
    entry, address = PAGES[name], {"site": "no-such-site", **world.here[PAGES[name].of]}
    able = next(who for who in STAFF if world.may(who, entry))
    assert {asked(world.clients[able], method, reverse(name, kwargs=address)) for method in entry.methods} == {Answer(404, HIDDEN)}
