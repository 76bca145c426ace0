"""The whole database into another: every row, the counters, and what is told where the source was forged."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from clinic import audit, guards
from clinic.backups.engines import engine_of
from clinic.backups.places import Place
from clinic.models import AuditEntry, Notice, Organisation
from sessions.states import Status
from tests.cast import NOW, make_cast
from tests.factories.clinic import NoticeFactory
from tests.factories.sessions import at_state
from tests.support.database import Databases, this_process_uses, url_of


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
def target(databases: Databases, source: str) -> Iterator[Place]:
    """Migrated and empty, of the same engine: of the other one in tests/long/copying.py."""
    name = databases.fresh()
    yield Place.of_url(url_of(name))
    databases.drop(name)


def next_number(place: Place, table: str) -> int:
    if place.engine == "sqlite":
        with sqlite3.connect(place.name) as line:
            return int(line.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()[0]) + 1
    with psycopg.connect(**place.parameters) as line:  # type: ignore[arg-type]
        return int(line.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table]).fetchone()[0])  # type: ignore[index]


def arrives_whole(source: str, target: Place, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_every_row_arrives_and_the_counters_go_on(source: str, target: Place, capsys: pytest.CaptureFixture[str]) -> None:
    arrives_whole(source, target, capsys)


def test_a_forged_source_is_told(source: str, target: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with guards.lifted():
        AuditEntry.objects.filter(seq=1).update(action="forged")
    with pytest.raises(CommandError, match="The copy doesn't hold"):
        call_command("copy_database", target.url)
    told = capsys.readouterr().out
    assert "here: the audit trail" in told
    assert "there: the audit trail" in told


def cell_in(place: Place) -> str:
    with closing(sqlite3.connect(place.name) if place.engine == "sqlite" else psycopg.connect(**place.parameters)) as line:  # type: ignore[arg-type]
        return str(line.execute("SELECT mrn FROM patients_patient").fetchone()[0])


def test_sealed_cells_arrive_as_they_stand(
    source: str, target: Place, capsys: pytest.CaptureFixture[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is opened on the way: where it is proven a missing key is told, and the cells are the same to the byte."""
    monkeypatch.delenv("VIGIL_FIELD_KEYS", raising=False)  # nor has it the process that proves
    settings.VIGIL_FIELD_KEYS = [("a", b"A" * 32)]
    call_command("rotate_fields")
    settings.VIGIL_FIELD_KEYS = []
    with pytest.raises(CommandError, match="The copy doesn't hold"):
        call_command("copy_database", target.url)
    assert "cells are sealed by keys that VIGIL_FIELD_KEYS doesn't name" in capsys.readouterr().out
    assert cell_in(target) == cell_in(Place.of_url(source))
    assert cell_in(target).startswith("sealed:1:a:")
