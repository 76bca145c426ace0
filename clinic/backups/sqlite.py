"""SQLite: saved by its online backup while everybody works on, returned as a file that is put in place."""
# ruff: noqa: S608  the tables' names are the database's own, and quoted

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from clinic.backups.failure import BackupFailed
from clinic.backups.manifest import Contents, newest
from clinic.backups.places import Place
from clinic.backups.sealing import Packing, Reader, Unpacking, unseal

SUFFIX = "sqlite3.gz"
PREFIX = ".vigil-copy-"
STALE = 6 * 60 * 60


@contextmanager
def dumped(place: Place) -> Iterator[tuple[Reader, Contents]]:
    """A copy of one moment, beside the database itself: it is as clear as that, and gone in the end. Then its stream and what it holds."""
    if not place.path.exists():
        raise BackupFailed(f"There is no database at {place.name}.")
    copy = beside(place)
    try:
        with closing(sqlite3.connect(f"{place.path.as_uri()}?mode=ro", uri=True)) as source, closing(sqlite3.connect(copy)) as target:
            # All pages in one step: under WAL it holds up no writer, and in several each write would begin it anew.
            source.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode=DELETE")
            contents = contents_of(target)
        with copy.open("rb") as stream:
            yield Packing(stream), contents
    except sqlite3.Error as bad:
        raise BackupFailed(f"SQLite could not copy the database: {bad}") from bad
    finally:
        drop(copy)


def contents(place: Place) -> Contents:
    with closing(sqlite3.connect(f"{place.path.as_uri()}?mode=ro", uri=True)) as line:
        return contents_of(line)


def beside(place: Place) -> Path:
    """An empty file of our own next to the database; what a killed run left there goes."""
    if not place.path.parent.is_dir():
        raise BackupFailed(f"There is no folder {place.path.parent}.")
    handle, name = tempfile.mkstemp(prefix=PREFIX, dir=place.path.parent)
    os.close(handle)
    made = Path(name)
    for old in place.path.parent.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):
            if made.stat().st_mtime - old.stat().st_mtime > STALE:
                old.unlink()
    return made


def drop(path: Path) -> None:
    for end in ("", "-journal", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def contents_of(line: sqlite3.Connection) -> Contents:
    tables = [name for (name,) in line.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")]
    return Contents(
        tables={name: line.execute(f"SELECT COUNT(*) FROM {quoted(name)}").fetchone()[0] for name in sorted(tables)},
        migrations=newest(line.execute("SELECT app, name FROM django_migrations")),
        chains={chain: [seq, digest] for chain, seq, digest in line.execute("SELECT chain, seq, hash FROM clinic_audithead ORDER BY chain")},
        engine_version=sqlite3.sqlite_version,
    )


def quoted(name: str) -> str:
    """A file that somebody brings names its tables itself."""
    return '"' + name.replace('"', '""') + '"'


def filled(place: Place, stream: Reader, identities: list[Any] | None) -> None:
    """Write the backup's stream to a new file."""
    with place.path.open("wb") as file:
        unpacking = Unpacking(file)
        unseal(stream, unpacking, identities)
        unpacking.end()
        file.flush()
        os.fsync(file.fileno())
    with closing(sqlite3.connect(place.path)) as line:
        said = line.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise BackupFailed("SQLite finds the restored file damaged.")


def is_empty(place: Place) -> bool:
    """No file, or no organisation in it."""
    if not place.path.exists() or not place.path.stat().st_size:
        return True
    with closing(sqlite3.connect(f"{place.path.as_uri()}?mode=ro", uri=True)) as line:
        has_table = line.execute("SELECT 1 FROM sqlite_master WHERE name = 'clinic_organisation'").fetchone()
        return not has_table or not line.execute("SELECT 1 FROM clinic_organisation LIMIT 1").fetchone()


def new_scratch(place: Place, stamp: str) -> Place:
    return place.named(str(beside(place)))


def end_scratch(place: Place) -> None:
    drop(place.path)


def put_in_place(fresh: Place, place: Place, stamp: str) -> str:
    """The restored file takes the place; what stood there stays beside it. Returns its name. Raises BackupFailed while somebody uses it."""
    kept = ""
    if place.path.exists():
        with closing(sqlite3.connect(place.path, timeout=1)) as line:
            try:
                # Only the last user may end WAL; it also leaves everything in the one file.
                line.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as bad:
                raise BackupFailed("The database is in use. Stop Vigil (web, worker and beat) first.") from bad
        kept = f"{place.name}.before-{stamp}"
        place.path.rename(kept)
    fresh.path.chmod(0o600)
    fresh.path.rename(place.path)
    return kept
