"""GET changes nothing: every url of every kind is asked by whoever may, whoever may not and nobody; the rest of the database reads as before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import default_token_generator
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from clinic.actions.invitations import invite
from clinic.actions.screens import enrol_screen
from clinic.locking.tablet import COOKIE
from clinic.models import AuditEntry, AuditHead, Screen
from config.settings import CACHES
from reminders.links import token_for
from reports.models import Disclosure
from sessions.actions.feeds import make_feed
from sessions.models import CalendarFeed, TreatmentSession
from tests.access_table import OPEN, PAGES
from tests.cast import NOW
from tests.test_access_matrix import ANSWERED, STAFF, World, client_of, undone, world  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
# What a read may leave: its entries, the ledger of what was handed out, the sign-in's own row, counts of tries.
MAY_CHANGE = {AuditEntry._meta.db_table, AuditHead._meta.db_table, Disclosure._meta.db_table, "django_session", CACHES["default"]["LOCATION"]}
# And when a screen or a calendar asked last, to the minute: a device's sign of life, no fact of anybody's.
SIGN_OF_LIFE = {Screen._meta.db_table: ["seen_at"], CalendarFeed._meta.db_table: ["read_at"]}
READS = {"access.denied", "access.hidden", "record.read", "record.exported", "report.read", "report.exported"}
READS |= {"emergency.printed", "record.printed", "schedule.printed", "sheet.printed"}


@dataclass(frozen=True)
class Doors:
    """One good token of each kind, so that pages without a sign-in open too; and somebody whom the sign-in library has met (it keeps a copy of the e-mail)."""

    tokens: dict[str, str]
    nurse: Client
    tablet: Client


def doors_of(world: World) -> Doors:  # noqa: F811
    cast = world.cast
    visit = TreatmentSession.objects.get(pk=world.here["booked session"]["pk"])
    told = {"email": "unread@clinic.example", "printed_name": "Una Read", "role": "support", "credential": "ma"}
    link = token_for(visit, useless_at=NOW + timedelta(days=30))
    wall, tablet = (
        enrol_screen(cast.riverside, name=f"Unread {kind}", kind=kind, chair=None, by=cast.admin, now=NOW)[1]
        for kind in (Screen.Kind.WALL, Screen.Kind.TABLET)
    )
    tokens = {
        "accept_invitation": invite(cast.riverside, **told, by=cast.admin, now=NOW)[1],
        "screen": wall,
        "feed": make_feed(cast.riverside, name="Unread", user=cast.nurse, chair=None, scope="site", by=cast.nurse, now=NOW)[1],
    }
    EmailAddress.objects.create(user=cast.nurse, email=cast.nurse.email, primary=True, verified=True)
    here = Client(raise_request_exception=False)
    here.cookies[COOKIE] = tablet
    return Doors(tokens | {name: link for name in OPEN if name.startswith("visit")}, client_of(cast.nurse), here)


def table_rows() -> dict[str, list[str]]:
    """Every row of every table, but for what a read may leave."""
    found = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - MAY_CHANGE:
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [place for place, column in enumerate(cursor.description) if column[0] not in SIGN_OF_LIFE.get(table, [])]
            found[table] = sorted(repr([row[place] for place in columns]) for row in cursor.fetchall())
    return found


def named(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """Ours and the sign-in library's."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def address(name: str, world: World, doors: Doors) -> str:  # noqa: F811
    """The url with what it names: a row of Riverside, a good token, a mark of a sign-in, an authenticator's number, a reset's key."""
    if name in PAGES:
        return reverse(name, kwargs={"site": "riverside", **world.here[PAGES[name].of]})
    nurse = world.cast.nurse
    for arguments in (
        [doors.tokens[name]] if name in doors.tokens else [], ["none"], [1], ["http"], ["x" * 32], [f"{nurse.pk}", default_token_generator.make_token(nurse)],
    ):  # fmt: skip
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name}: say what it names")


def askers(name: str, world: World, doors: Doors) -> list[Client]:  # noqa: F811
    """Nobody, a tablet without anybody, who may (for pages of a site), who may not, and somebody of another site."""
    told = [Client(raise_request_exception=False), doors.tablet]
    if name not in PAGES:
        return [*told, doors.nurse]
    able, unable = ([who for who in STAFF if world.may(who, PAGES[name]) is may] for may in (True, False))
    return [*told, *(world.clients[who] for who in (able[0], *unable[:1], "stranger"))]


def test_get_changes_nothing(world: World) -> None:  # noqa: F811
    strays, opened, left = [], set(), set()
    with undone():
        doors = doors_of(world)
        before, last = table_rows(), AuditEntry.objects.latest("pk").pk
        assert len(before) > 80
        for name in sorted(set(named(get_resolver().url_patterns))):
            url = address(name, world, doors)
            with undone():
                for client, headers in product(askers(name, world, doors), ({}, {"HX-Request": "true"})):
                    answer = client.get(url, headers=headers)
                    assert answer.getvalue() is not None
                    is_open = answer.status_code in (ANSWERED if client in world.clients.values() else {200})
                    opened |= {name} if is_open else set()
                after = table_rows()
                strays += [f"{name}: {table}" for table in before if before[table] != after[table]]
                left |= set(AuditEntry.objects.filter(pk__gt=last).values_list("action", flat=True))
    assert strays == []
    assert left <= READS, left - READS
    assert {name for name, entry in PAGES.items() if "GET" in entry.methods} - opened == set()
    assert set(doors.tokens) - opened == {"visit_birth"}, "it takes posts alone"
