"""The whole database into one of the other engine: SQLite to a PostgreSQL of this test's own, and back where the suite runs on PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from clinic import audit, guards
from clinic.backups.engines import engine_of
from clinic.backups.places import Place
from clinic.models import AuditEntry, Notice, Organisation
from sessions.states import Status
from tests.cast import NOW, make_cast
from tests.factories.clinic import NoticeFactory
from tests.factories.sessions import at_state
from tests.support.database import Databases, is_postgres, this_process_uses, url_of
from tests.support.postgres import NoPostgres, running_postgres


@pytest.fixture
def source(databases: Databases, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock():
        name = databases.fresh()
        with this_process_uses(name):
            cast = make_cast()
            session = at_state(Status.DISCHARGED, cast)
            audit.record(action="record.read", target=session, by=cast.nurse, now=NOW, site=cast.riverside, patient_pk=session.patient_id)
            # A number that was given and is gone again: it must not be given twice.
            gone = NoticeFactory(site=session.site)
            Notice.objects.filter(pk=gone.pk).delete()
            yield url_of(name)
        databases.drop(name)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Place]:
    if is_postgres():
        yield Place.of_url(f"sqlite:///{tmp_path}/copy.sqlite3")
        return
    try:
        with running_postgres() as url:
            yield Place.of_url(url)
    except NoPostgres as missing:
        pytest.skip(str(missing))


def next_number(place: Place, table: str) -> int:
    if place.engine == "sqlite":
        with sqlite3.connect(place.name) as line:
            return int(line.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()[0]) + 1
    with psycopg.connect(**place.parameters) as line:  # type: ignore[arg-type]
        return int(line.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table]).fetchone()[0])  # type: ignore[index]


def test_every_row_arrives_and_the_counters_go_on(source: str, target: Place, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("copy_database", target.url)
    said = capsys.readouterr().out
    assert "Both hold and agree in every row" in said
    assert target.password == "" or target.password not in said
    here, there = engine_of(Place.of_url(source)).contents(Place.of_url(source)), engine_of(target).contents(target)
    assert {**here.tables, "vigil_cache": 0} == {**there.tables, "vigil_cache": 0}
    assert (here.chains, here.migrations) == (there.chains, there.migrations)
    assert next_number(target, "clinic_notice") == 2
    assert next_number(target, "clinic_organisation") == Organisation.objects.get().pk + 1

    with pytest.raises(CommandError, match="Name an empty database"):
        call_command("copy_database", target.url)


def test_a_forged_source_is_told(source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], databases: Databases) -> None:
    with guards.lifted():
        AuditEntry.objects.filter(seq=1).update(action="forged")
    target = databases.fresh()
    with pytest.raises(CommandError, match="The copy doesn't hold"):
        call_command("copy_database", url_of(target))
    told = capsys.readouterr().out
    assert "here: the audit trail" in told
    assert "there: the audit trail" in told
    databases.drop(target)
