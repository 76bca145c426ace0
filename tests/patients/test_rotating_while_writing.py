"""Keys changed twice in real processes while others write by the old and the new order of them: no word is lost, and the old key is needed no more."""

import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from clinic import resealing
from clinic.models import AuditEntry, Site
from patients.models import Patient
from scripts.launcher.services import ROOT
from tests.cast import Cast, make_cast
from tests.patients.sealing import A, B, C, canary
from tests.support.database import Databases, this_process_uses, url_of, url_of_pages

PEOPLE = 24
Ring = list[tuple[str, bytes]]


@pytest.fixture
def place(databases: Databases, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock():
        name = databases.fresh()
        with this_process_uses(name):
            yield name
        databases.drop(name)


def environment(url: str, ring: Ring) -> dict[str, str]:
    named = ",".join(f"{key_id}:{b64encode(key).decode()}" for key_id, key in ring)
    return {**os.environ, "VIGIL_MODE": "test", "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url, "VIGIL_FIELD_KEYS": named}


def rotating(name: str, ring: Ring) -> subprocess.Popen[str]:
    """By the tables' owner, five rows at a time."""
    return started(["-m", "tests.patients.cell_worker", "rotate", "5"], environment(url_of(name), ring))


def started(arguments: list[str], told: dict[str, str]) -> subprocess.Popen[str]:
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen([sys.executable, *arguments], env=told, cwd=ROOT, text=True, **pipes)


def done(child: subprocess.Popen[str]) -> str:
    out, error = child.communicate(timeout=100)
    assert child.returncode == 0, error
    return out


@contextmanager
def writing(name: str, site: Site, ring: Ring, turn: int, last: dict[int, str]) -> Iterator[None]:
    """Web's login, which owns nothing where rows are kept apart; behind it, `last` holds what stood last by its own word."""
    command = ["-m", "tests.patients.cell_worker", "write", str(site.pk), str(turn), str(PEOPLE)]
    child = started(command, environment(url_of_pages(url_of(name)), ring))
    assert child.stdout is not None
    first = child.stdout.readline()
    try:
        yield
    finally:
        lines = [first, *done(child).splitlines()]
        assert len(lines) > PEOPLE
        last.update({int(pk): told for pk, told in (line.rstrip("\n").split("\t") for line in lines)})


def may_go(name: str, ring: Ring) -> bool:
    """Whether `migrate` and `check` take the ring."""
    asked = subprocess.run(
        [sys.executable, "manage.py", "check", "--database", "default"], env=environment(url_of(name), ring), cwd=ROOT, capture_output=True, text=True
    )
    assert asked.returncode == 0 or "clinic.E002" in asked.stderr
    return asked.returncode == 0


def changed(name: str, cast: Cast, old: tuple[str, bytes], new: tuple[str, bytes]) -> dict[int, str]:
    """As docs/operating.md has it. The rotation is killed on its way and begun again, and again when nobody writes by the old order any more."""
    last: dict[int, str] = {}
    before = AuditEntry.objects.filter(action="fields.resealed").count()
    with writing(name, cast.riverside, [new, old], 0, last):
        with writing(name, cast.riverside, [old, new], 1, last):
            killed, until = rotating(name, [new, old]), time.monotonic() + 60
            while AuditEntry.objects.filter(action="fields.resealed").count() < before + 2 and time.monotonic() < until:
                time.sleep(0.02)
            killed.kill()
            killed.communicate()
            assert not may_go(name, [new])
            done(rotating(name, [new, old]))
        done(rotating(name, [new, old]))
        assert may_go(name, [new])
    assert may_go(name, [new])
    return last


def test_two_changes_of_the_key_while_people_write(place: str, settings: Settings) -> None:
    settings.VIGIL_FIELD_KEYS = [A]
    cast = make_cast()
    people = [canary(cast, mrn=f"M-{number}") for number in range(PEOPLE)]
    for old, new in ((A, B), (B, C)):
        last = changed(place, cast, old, new)
        settings.VIGIL_FIELD_KEYS = [new]
        assert {one.pk for one in people} < set(last)
        assert {one.pk: one.address for one in Patient.objects.filter(pk__in=last)} == last
        assert {one.mrn for one in Patient.objects.filter(pk__in=[one.pk for one in people])} == {f"M-{number}" for number in range(PEOPLE)}
        assert {one.allergies for one in Patient.objects.filter(pk__in=[one.pk for one in people])} == {"gribbleflask"}
        assert {key_id for key_id, count in resealing.standing().items() if count} == {new[0]}
        assert Patient.objects.filter(mrn_index__startswith=f"{new[0]}:").count() == Patient.objects.count() > PEOPLE
    call_command("verify_audit")
