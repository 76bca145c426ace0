"""The second line on PostgreSQL: with the application's filter taken away on purpose, still no row of another site (ADR 32)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from clinic import guards, scope
from clinic.guards.plan import OWN_ROWS, plan, site_field
from clinic.models import AuditEntry, Chair, Membership, Site, SitePolicy
from clinic.queries.policies import asking_second_factor
from clinic.scope import Which
from tests.access_table import PAGES
from tests.cast import NOW, Cast
from tests.long.mutations import NAMING_A_ROW, without_the_rows_site
from tests.test_access_matrix import HIDDEN, STAFF, Answer, World, asked, foreign, undone, world  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def of_a_site() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if site_field(model) is not None and not model._meta.proxy]


def raw(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(DatabaseError), transaction.atomic():
        yield


def test_the_suite_itself_runs_under_the_second_line(cast: Cast, settings: Settings, sign_in: Callable[..., Client]) -> None:
    """Nobody has switched it on for these tests: it is what an installation gets that says nothing."""
    assert settings.VIGIL_ROW_SECURITY is True
    asked: list[Which] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scope.Scope, "statements", property(lambda own, real=scope.Scope.statements: (asked.append(own.which), real.fget(own))[1]))
        assert sign_in(cast.nurse).get(reverse("board", args=["riverside"])).status_code == 200
    assert {Which.OWN, Which.NAMED} <= set(asked)


def test_whether_sites_ask_for_a_second_step_is_read_of_all_of_a_persons_sites_and_taken_for_yes_where_it_is_not(cast: Cast) -> None:
    """One question over many sites (`asking_second_factor`): a site that the scope doesn't show counts as asking, never as not asking."""
    days = dict.fromkeys((cast.riverside.pk, cast.hillcrest.pk), NOW.date())
    Membership.objects.create(site=cast.hillcrest, user=cast.admin, role="administrator", created_at=NOW)
    for asking, silent in (cast.riverside, cast.hillcrest), (cast.hillcrest, cast.riverside):
        SitePolicy.objects.filter(site=asking).update(second_factor=True)
        SitePolicy.objects.filter(site=silent).update(second_factor=False)
        with scope.of_person(cast.admin.pk):
            assert asking_second_factor(days) == {asking.pk}
        with scope.of_site(silent.pk):
            assert asking_second_factor(days) == {asking.pk}
        with scope.of_site(asking.pk):
            assert asking_second_factor(days) == {asking.pk, silent.pk}
        with scope.closed():
            assert asking_second_factor(days) == {asking.pk, silent.pk}


def test_no_model_with_a_site_lacks_its_policy(db: None) -> None:
    assert {rows.table for rows in plan().rows} == {model._meta.db_table for model in of_a_site()}
    assert guards.missing(connection) == []
    assert {name for (name,) in raw("SELECT relname FROM pg_class WHERE relrowsecurity")} == {rows.table for rows in plan().rows}


def test_the_role_of_pages_owns_nothing_and_can_lift_nothing(cast: Cast) -> None:
    about = raw("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname = %s", scope.ROLE)
    assert about == [(False,) * 5]
    assert raw("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", scope.ROLE) == [(0,)]
    with scope.of_site(cast.riverside.pk):
        assert raw("SELECT current_user") == [(scope.ROLE,)]
        for statement in (
            "ALTER TABLE clinic_chair DISABLE ROW LEVEL SECURITY", "DROP POLICY IF EXISTS anything ON clinic_chair",
            "ALTER TABLE clinic_auditentry DISABLE TRIGGER ALL", "UPDATE clinic_auditentry SET body = ''", "DELETE FROM clinic_auditentry",
            "TRUNCATE clinic_chair", "ALTER ROLE vigil_pages BYPASSRLS", "CREATE TABLE mine (id int)",
        ):  # fmt: skip
            with refused():
                raw(statement)


def test_whoever_names_no_scope_fails_rather_than_finds_nothing(cast: Cast) -> None:
    with transaction.atomic():
        raw(f"SELECT set_config('role', '{scope.ROLE}', true)")
        with refused():
            raw("SELECT * FROM patients_patient")
        raw("SELECT set_config('role', 'none', true)")
    assert cast.riverside.pk


def test_nothing_is_written_into_another_site(cast: Cast) -> None:
    theirs = cast.hillcrest_chair
    with scope.of_site(cast.riverside.pk):
        with refused():
            Chair.objects.create(site=cast.hillcrest, name="Ours now")
        with refused():
            Chair.objects.filter(pk=cast.chairs[0].pk).update(site=cast.hillcrest)
        assert Chair.objects.filter(pk=theirs.pk).update(name="Ours now") == 0
        assert Chair.objects.filter(pk=theirs.pk).delete()[0] == 0
    with scope.of_person(cast.stranger.pk):  # one's own place elsewhere is seen, never changed into another's
        assert Membership.objects.get().site_id == cast.hillcrest.pk
        with refused():
            Membership.objects.create(site=cast.riverside, user=cast.stranger, role="administrator", created_at=cast.of(cast.nurse).created_at)
    theirs.refresh_from_db()
    assert (theirs.site_id, theirs.name) == (cast.hillcrest.pk, cast.hillcrest_chair.name)


def test_a_scope_ends_with_its_block_and_survives_a_rolled_back_act(cast: Cast) -> None:
    every = Chair.objects.count()
    with scope.of_site(cast.riverside.pk):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            assert Chair.objects.count() < every
            raise ZeroDivisionError
        assert Chair.objects.count() == len(cast.chairs)
        with scope.also(cast.hillcrest.pk):
            assert Chair.objects.count() == every
        assert not Chair.objects.filter(pk=cast.hillcrest_chair.pk).exists()
        with transaction.atomic(), scope.closed():
            assert not Chair.objects.exists()
        assert [chair.pk for chair in Chair.objects.order_by("pk").iterator()] == sorted(chair.pk for chair in cast.chairs)
    assert Chair.objects.count() == every


# The tests below share one world of rows at two sites; those above have a cast of their own.


def test_without_any_filter_only_the_rows_of_the_scope_are_seen(world: World) -> None:  # noqa: F811
    """Every table of every room, by `SELECT *`: nothing without a site, its own rows with one."""
    met, here = set(), world.cast.riverside.pk
    for model in of_a_site():
        table = model._meta.db_table
        sites = [pk for (pk,) in raw(f'SELECT site_id FROM "{table}"')]
        own, free = sites.count(here), sites.count(None)
        with scope.closed():
            assert raw(f'SELECT site_id FROM "{table}" WHERE site_id IS NOT NULL') == [], table
            assert model._base_manager.filter(site__isnull=False).count() == 0, table
        with scope.of_site(here):
            seen = [row["site_id"] for row in model._base_manager.values()]
            assert (seen.count(here), len(seen)) == (own, own + free), table
        met |= {table} if own and len(sites) > own + free else set()
    assert len(met) > 40, "hardly any table has rows of two sites"


def unfiltered(name: str, world: World) -> list[str]:  # noqa: F811
    """What a page answers by the row of another site while rows are found by their number alone."""
    entry = PAGES[name]
    able = next(who for who in STAFF if world.may(who, entry))
    row = next(foreign(world.there[entry.of]))
    answers = {method: asked(world.clients[able], method, reverse(name, kwargs={"site": "riverside", **row})) for method in entry.methods}
    return [f"{method} {name}: {answer}" for method, answer in answers.items() if answer != Answer(404, HIDDEN)]


def test_no_page_finds_a_row_of_another_site_without_the_applications_filter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    names = [name for name in NAMING_A_ROW if "pk" in world.there[PAGES[name].of]]
    with without_the_rows_site():
        assert [stray for name in names for stray in unfiltered(name, world)] == []
        # And it is the second line that holds them: without it most of these pages open.
        monkeypatch.setattr(scope, "current", lambda: None)
        assert sum(bool(unfiltered(name, world)) for name in names[:20]) > 10


@contextmanager
def noted() -> Iterator[list[str]]:
    """Each row of another site than Riverside that any model reads; what a person sees of their own from anywhere apart."""
    strays: list[str] = []
    here, real = Site.objects.get(slug="riverside").pk, models.Model.from_db.__func__  # type: ignore[attr-defined]

    def read(cls: type[models.Model], db: str, names: list[str], values: list[object]) -> models.Model:
        row: models.Model = real(cls, db, names, values)
        site = row.__dict__.get("site_id")
        if cls._meta.label_lower not in OWN_ROWS and site_field(cls) is not None and site not in (None, here):
            strays.append(f"{cls.__name__} {row.pk}")
        return row

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.Model, "from_db", classmethod(read))
        yield strays


@contextmanager
def without_any_filter_by_site() -> Iterator[None]:
    """Whoever wrote a query has forgotten the site."""
    real = models.QuerySet._filter_or_exclude_inplace

    def forgetful(self: object, negate: bool, args: object, named: dict[str, object]) -> None:
        real(self, negate, args, {name: value for name, value in named.items() if name not in ("site", "site_id")})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.QuerySet, "_filter_or_exclude_inplace", forgetful)
        yield


def walked(name: str, world: World) -> None:  # noqa: F811
    able = next(who for who in STAFF if world.may(who, PAGES[name]))
    with undone():
        world.clients[able].get(reverse(name, kwargs={"site": "riverside", **world.here[PAGES[name].of]}))


READ = sorted(name for name, entry in PAGES.items() if "GET" in entry.methods)


def test_the_lists_of_a_page_hold_no_row_of_another_site_whatever_they_ask(world: World) -> None:  # noqa: F811
    """Each row that any model reads while the pages of Riverside are walked is Riverside's, or nobody's."""
    with noted() as strays:
        for name in READ:
            walked(name, world)
    assert strays == []
    assert AuditEntry.objects.exists()


def test_the_lists_of_a_page_hold_no_row_of_another_site_when_no_query_asks_for_the_site(world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    with noted() as strays, without_any_filter_by_site():
        for name in READ:
            walked(name, world)
        assert strays == []
        # And it is the second line that holds them: without it a quarter of these pages read what is another's (the others ask for a row by its number).
        monkeypatch.setattr(scope, "current", lambda: None)
        spoilt = 0
        for name in READ:
            before = len(strays)
            with suppress(Exception):
                walked(name, world)
            spoilt += len(strays) > before
    assert spoilt > 30
