"""Two logins of PostgreSQL: what each may, and the plain words for an installation where they aren't set up (docs/operating.md)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from clinic import scope
from clinic.backups import BackupFailed, Place, make
from clinic.guards import grants
from clinic.models import Chair
from clinic.scoped.base import ROLELESS
from config.operating import parts, selfcheck
from config.operating.asking import BAD, GOOD, WARN
from scripts.launcher.services import ROOT
from tests.cast import Cast
from tests.support.database import PASSWORD, Databases, url_of, url_of_pages

pytestmark = pytest.mark.postgresql


def told(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def a_poor_owner(*, may_take_the_role: bool) -> Iterator[None]:
    """As a login that owns the schema and may make no role: what an installation from before may have. Gone with the test's transaction."""
    told("CREATE ROLE vigil_poor LOGIN")
    told("GRANT SELECT ON ALL TABLES IN SCHEMA public TO vigil_poor")
    if may_take_the_role:
        told(f"GRANT {scope.ROLE} TO vigil_poor")
    told("SET SESSION AUTHORIZATION vigil_poor")
    try:
        yield
    finally:
        told("RESET SESSION AUTHORIZATION")


@pytest.mark.django_db
def test_migrate_by_a_login_that_may_make_no_role_says_what_to_do(settings: Settings) -> None:
    with a_poor_owner(may_take_the_role=False):
        with pytest.raises(CommandError, match=rf"The tables are migrated, but .*CREATE ROLE {scope.ROLE} NOLOGIN; .*VIGIL_ROW_SECURITY=no"):
            grants.grant()
        settings.VIGIL_ROW_SECURITY = False  # told to go without, it goes without
        grants.grant()


@pytest.mark.django_db
def test_an_owner_who_may_make_roles_and_is_no_superuser_makes_the_login(settings: Settings) -> None:
    settings.VIGIL_PAGES_PASSWORD = PASSWORD
    told(grants.MADE.format(f"CREATE ROLE {scope.LOGIN}"))
    told("CREATE ROLE vigil_maker LOGIN CREATEROLE")
    told(f"GRANT {scope.ROLE}, {scope.LOGIN} TO vigil_maker WITH ADMIN OPTION")
    told("SET SESSION AUTHORIZATION vigil_maker")
    with connection.cursor() as cursor:
        grants.make_login(cursor)
    told("RESET SESSION AUTHORIZATION")


@pytest.mark.django_db
@pytest.mark.parametrize("attribute", ["SUPERUSER", "CREATEDB", "CREATEROLE", "BYPASSRLS"])
def test_migrate_takes_from_the_login_what_somebody_gave_it(settings: Settings, attribute: str) -> None:
    settings.VIGIL_PAGES_PASSWORD = PASSWORD
    told(grants.MADE.format(f"CREATE ROLE {scope.LOGIN}"))
    told(f"ALTER ROLE {scope.LOGIN} {attribute}")
    with connection.cursor() as cursor:
        grants.make_login(cursor)
        cursor.execute("SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = %s", [scope.LOGIN])
        assert cursor.fetchone() == (False, False, False, False)


@pytest.mark.django_db
def test_a_web_whose_login_may_not_take_on_the_role_is_not_ready_and_says_why(cast: Cast, settings: Settings) -> None:
    with a_poor_owner(may_take_the_role=False):
        for asked in (parts.database, selfcheck.row_security):
            with transaction.atomic():
                found = asked()
                transaction.set_rollback(True)
            assert found.state == BAD, asked
            assert "migrate" in found.todo
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), scope.of_site(cast.riverside.pk):
            Chair.objects.count()
        assert ROLELESS in refused.value.__cause__.__notes__  # type: ignore[union-attr]
        settings.VIGIL_ROW_SECURITY = False
        assert parts.database().state == GOOD


@pytest.mark.django_db
def test_a_restored_database_without_its_grants_is_not_ready_either() -> None:
    """A dump carries none."""
    told(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {scope.ROLE}")
    for asked in (parts.database, selfcheck.row_security):
        with transaction.atomic():
            found = asked()
            transaction.set_rollback(True)
        assert (found.state, "migrate" in found.todo) == (BAD, True)
    grants.grant()
    assert (parts.database().state, selfcheck.row_security().state) == (GOOD, WARN)


@pytest.mark.django_db
def test_a_login_that_owns_nothing_needs_the_second_line(cast: Cast, settings: Settings) -> None:
    with a_poor_owner(may_take_the_role=True):
        assert (parts.database().state, selfcheck.row_security().state) == (GOOD, GOOD)
        settings.VIGIL_ROW_SECURITY = False
        assert selfcheck.row_security().state == BAD
    assert selfcheck.row_security().state == WARN, "off, by the owner"
    settings.VIGIL_ROW_SECURITY = True
    assert selfcheck.row_security().state == WARN, "on, and the owner could put it off"


@pytest.fixture
def by_pages(databases: Databases, django_db_blocker: Any) -> Iterator[str]:
    """The address of a migrated database by the login of web, worker and beat."""
    with django_db_blocker.unblock():
        name = databases.fresh()
        yield url_of_pages(url_of(name))
        databases.drop(name)


def managed(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VIGIL_MODE": "test", "DATABASE_URL": url}
    return subprocess.run([sys.executable, "manage.py", *arguments], env=environment, cwd=ROOT, capture_output=True, text=True)


def test_the_login_of_pages_is_found_good_and_does_not_migrate(by_pages: str) -> None:
    assert "good  Sites apart in the database: on; this login owns nothing" in managed(by_pages, "check_operation").stdout
    assert managed(by_pages, "migrate", "clinic", "zero").returncode == 1


@pytest.mark.parametrize("command", ["verify_audit", "verify_signatures", "verify_database", "rotate_fields"])
def test_a_command_of_every_site_says_which_login_it_needs(by_pages: str, command: str) -> None:
    """One sentence, and nothing of PostgreSQL's own."""
    refused = managed(by_pages, command)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "with the DATABASE_URL that `migrate` has" in refused.stderr
    assert [word for word in ("Traceback", "psycopg", "parameter", scope.SITES) if word in refused.stderr] == []


def test_the_owner_is_not_refused(by_pages: str) -> None:
    """By the name of the same database."""
    assert managed(url_of(by_pages.rpartition("/")[2]), "verify_signatures").stdout == "0 signatures: all hold.\n"


def test_a_backup_by_the_login_of_pages_is_refused_rather_than_empty(by_pages: str, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match=r"vigil_web may not read every row.*VIGIL_BACKUP_DATABASE_URL"):
        make(Place.of_url(by_pages), folder=tmp_path, recipients=[], now=parts.clock.now())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
