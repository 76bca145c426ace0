"""Backup and return on both engines: sealed, proven, refused where it must be, and a due drill by the worker's task."""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pyrage import x25519

from clinic import audit, tasks
from clinic.backups import BackupFailed, Place, make, places
from clinic.backups.engines import engine_of
from clinic.backups.making import prune
from clinic.backups.sqlite import quoted
from clinic.models import AuditEntry, BackupRun, Organisation, Signature
from clinic.queries.backups import last_backup, last_drill
from sessions.states import Status
from tests.cast import NOW, make_cast
from tests.factories.changing import change
from tests.factories.sessions import at_state
from tests.support.database import Databases, is_postgres, this_process_uses, url_of

CANARY = "Wilhelmina Zaunkönigin"


@pytest.fixture
def key() -> x25519.Identity:
    return x25519.Identity.generate()


@pytest.fixture
def clinic(databases: Databases, django_db_blocker: Any, settings: Any, tmp_path: Path, key: x25519.Identity) -> Iterator[Path]:
    """A real, migrated database with a discharged session in it, a recipient, and the folder for backups."""
    settings.VIGIL_BACKUP_DIR, settings.VIGIL_BACKUP_RECIPIENTS, settings.VIGIL_BACKUPS = tmp_path / "backups", [str(key.to_public())], True
    with django_db_blocker.unblock():
        name = databases.fresh()
        with this_process_uses(name):
            cast = make_cast()
            session = at_state(Status.DISCHARGED, cast)
            audit.record(action="record.read", target=session, by=cast.nurse, now=NOW, site=cast.riverside, patient_pk=session.patient_id)
            change(type(session.patient).objects.filter(pk=session.patient_id), last_name=CANARY)
            yield settings.VIGIL_BACKUP_DIR
        databases.drop(name)


@pytest.fixture
def identity(key: x25519.Identity, tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(f"# for tests\n{key}\n")
    return path


@pytest.fixture
def elsewhere(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a database that isn't there yet."""
    name = "vigil_returned" if is_postgres() else str(tmp_path / "returned.sqlite3")
    yield url_of(name)
    databases.drop(name)


def backup_in(folder: Path) -> Path:
    (path,) = folder.glob("vigil-*.age")
    return path


def test_a_backup_is_sealed_restored_beside_proven_and_brought_back(
    clinic: Path, identity: Path, elsewhere: str, databases: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backup", verify=True)
    run = BackupRun.objects.get()
    path = backup_in(clinic)
    manifest = json.loads(path.with_name(f"{path.name.partition('.')[0]}.json").read_text())
    assert (run.kind, run.status, run.file_name, run.sha256) == ("drill", "good", path.name, manifest["sha256"])
    assert (run.signatures, run.entries > 0, run.rows) == (Signature.objects.count(), True, sum(manifest["contents"]["tables"].values()))
    assert {file.name for file in clinic.iterdir()} == {path.name, f"{path.name.partition('.')[0]}.json"}
    assert path.stat().st_mode & 0o077 == 0
    assert CANARY.encode() not in path.read_bytes() + json.dumps(manifest, ensure_ascii=False).encode()
    assert AuditEntry.objects.filter(action="backup.made", chain="house").count() == 1
    assert (last_backup(NOW).good, last_drill(NOW).good, last_drill(NOW).is_late) == (run, run, False)

    call_command("restore", str(path), "--identity", str(identity), "--into", elsewhere)
    assert "signatures hold" in capsys.readouterr().out
    before = list(Organisation.objects.values())
    with this_process_uses(Place.of_url(elsewhere).name):
        assert list(Organisation.objects.values()) == before
        assert not BackupRun.objects.filter(status="good").exists()
    with pytest.raises(CommandError, match="holds a clinic's data"):
        call_command("restore", str(path), "--identity", str(identity), "--into", elsewhere)
    call_command("restore", str(path), "--identity", str(identity), "--into", elsewhere, "--yes-replace")
    said = capsys.readouterr().out
    kept = said.split("is kept as ")[1].split(". Delete")[0]
    with this_process_uses(kept):
        assert list(Organisation.objects.values()) == before
    databases.drop(kept) if is_postgres() else Path(kept).unlink()


def test_what_is_wrong_is_refused_and_leaves_nothing(clinic: Path, identity: Path, elsewhere: str, tmp_path: Path, settings: Any) -> None:
    settings.VIGIL_BACKUP_RECIPIENTS = []
    with pytest.raises(CommandError, match="VIGIL_BACKUP_RECIPIENTS names nobody"):
        call_command("backup")
    settings.VIGIL_BACKUP_RECIPIENTS = ["age1nobody"]
    with pytest.raises(CommandError, match="expected age recipients"):
        call_command("backup")
    assert list(BackupRun.objects.values_list("status", flat=True)) == ["failed", "failed"]
    assert last_backup(NOW).failed is not None
    assert not list(clinic.glob("*"))

    settings.VIGIL_BACKUP_RECIPIENTS = [str(x25519.Identity.generate().to_public())]
    call_command("backup")
    path = backup_in(clinic)
    wrong = ["restore", str(path), "--into", elsewhere]
    with pytest.raises(CommandError, match="name the identity file"):
        call_command(*wrong)
    with pytest.raises(CommandError, match="can't be opened"):
        call_command(*wrong, "--identity", str(identity))
    bytes_of = bytearray(path.read_bytes())
    bytes_of[-1] ^= 1
    path.write_bytes(bytes_of)
    with pytest.raises(CommandError, match="SHA-256"):
        call_command(*wrong, "--identity", str(identity))
    identity.write_text("nothing of the kind\n")
    with pytest.raises(CommandError, match="no identity file"):
        call_command(*wrong, "--identity", str(identity))
    with pytest.raises(CommandError, match=r"Expected postgres://"):
        call_command("restore", str(path), "--into", "mysql://somewhere/else")


def test_a_restored_database_that_differs_is_not_put_in_place(clinic: Path, elsewhere: str) -> None:
    call_command("backup", plain=True)
    (manifest,) = clinic.glob("*.json")
    told = json.loads(manifest.read_text())
    told["contents"]["tables"]["clinic_user"] += 1
    manifest.write_text(json.dumps(told))
    path = clinic / told["file"]
    with pytest.raises(CommandError, match=r"nothing was put in place: clinic_user: \d+ rows instead of \d+"):
        call_command("restore", str(path), "--into", elsewhere)
    assert engine_of(Place.of_url(elsewhere)).is_empty(Place.of_url(elsewhere))
    with pytest.raises(BackupFailed, match="never written over"):
        make(Place.in_use(), folder=clinic, recipients=[], now=make_time(told))


def make_time(told: dict[str, Any]) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(told["made_at"])


def test_the_worker_makes_the_drill_when_due_and_one_at_a_time(clinic: Path, settings: Any) -> None:
    assert tasks.tend_backups() == "Good"
    assert BackupRun.objects.get().kind == "drill"
    assert tasks.tend_backups() == "nothing due"
    BackupRun.objects.update(started_at=NOW - timedelta(days=900), status="running", ended_at=None)
    settings.VIGIL_BACKUP_RECIPIENTS = []
    assert tasks.tend_backups() == "failed"
    refused, lost = BackupRun.objects.order_by("-pk")
    assert (lost.status, lost.why) == ("failed", "It was cut off.")
    assert refused.why.startswith("VIGIL_BACKUP_RECIPIENTS names nobody")
    BackupRun.objects.filter(pk=refused.pk).update(status="running", ended_at=None)
    BackupRun.objects.filter(pk=lost.pk).delete()
    assert tasks.tend_backups() == "under way"
    settings.VIGIL_BACKUPS = False
    assert tasks.tend_backups() == "nothing due"


def test_old_files_go_with_their_manifests(clinic: Path) -> None:
    for days in range(9):
        make(Place.in_use(), folder=clinic, recipients=[], now=NOW - timedelta(days=20 * days))
    assert len(prune(clinic, keep_days=30, now=NOW)) == 2
    assert len(list(clinic.iterdir())) == 14


def test_a_missing_program_is_named(clinic: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VIGIL_BACKUP_DATABASE_URL = "postgres://vigil@127.0.0.1:1/vigil"
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CommandError, match="pg_dump is missing"):
        call_command("backup")
    assert "pg_dump is missing" in BackupRun.objects.get().why


def organisations_by_hand(path: Path, folder: Path) -> int:
    """Counted without Vigil: by gzip and SQLite, or by pg_restore."""
    if is_postgres():
        command = ["pg_restore", "--data-only", "--table=clinic_organisation", "--file=-", str(path)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return len(told.split("FROM stdin;\n")[1].split("\\.\n")[0].splitlines())
    unpacked = folder / "by-hand.sqlite3"
    unpacked.write_bytes(subprocess.run(["gzip", "-dc", str(path)], check=True, capture_output=True).stdout)
    with closing(sqlite3.connect(unpacked)) as line:
        return int(line.execute("SELECT COUNT(*) FROM clinic_organisation").fetchone()[0])


def test_standard_tools_read_it_too_and_a_database_in_use_is_not_replaced(clinic: Path, tmp_path: Path) -> None:
    call_command("backup", plain=True)
    (path,) = (file for file in clinic.iterdir() if file.suffix != ".json")
    assert organisations_by_hand(path, tmp_path) == Organisation.objects.count() > 0
    other = connection.copy()
    with other.cursor() as line:
        line.execute("SELECT COUNT(*) FROM clinic_user")
        line.fetchone()
    with pytest.raises(CommandError, match="Stop Vigil"):
        call_command("restore", str(path), "--yes-replace")
    other.close()
    call_command("restore", str(path), "--yes-replace")
    assert Organisation.objects.exists()


def test_a_place_is_told_without_its_password() -> None:
    place = Place.of_url("postgres://ann:s%40cret@db.example:5433/vigil?sslmode=require")
    assert Place.of_url(place.url) == place
    assert (place.parameters["password"], place.parameters["sslmode"]) == ("s@cret", "require")
    assert "cret" not in repr(place) + place.shown
    assert places.Place.of_url("sqlite:////srv/a%20b.sqlite3").name == "/srv/a b.sqlite3"


def test_a_tables_name_is_never_read_as_words_of_sql() -> None:
    with closing(sqlite3.connect(":memory:")) as line:
        name = 'x" UNION SELECT 7 --'
        line.execute(f"CREATE TABLE {quoted(name)} (n)")
        assert line.execute(f"SELECT COUNT(*) FROM {quoted(name)}").fetchall() == [(0,)]
