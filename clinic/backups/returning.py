"""Brings a backup back: checked by its sum, opened, poured into a scratch database, proven there, and only then put in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic.backups.engines import engine_of
from clinic.backups.failure import BackupFailed
from clinic.backups.making import manifest_path
from clinic.backups.manifest import Manifest, read_manifest
from clinic.backups.places import Place
from clinic.backups.proving import Proof, manage, prove
from clinic.backups.sealing import sha256_of


@dataclass(frozen=True)
class Returned:
    manifest: Manifest
    proof: Proof
    kept: str


def checked(path: Path, place: Place) -> Manifest:
    """The manifest of a backup whose sum agrees and whose engine is the place's."""
    manifest = read_manifest(manifest_path(path))
    if not path.exists() or path.name != manifest.file:
        raise BackupFailed(f"{path} isn't the file that its manifest names ({manifest.file}).")
    if sha256_of(path) != manifest.sha256:
        raise BackupFailed(f"{path.name} was changed: its SHA-256 isn't the manifest's.")
    if manifest.engine != place.engine:
        raise BackupFailed(f"This backup is of {manifest.engine}, the database is {place.engine}. Restore to its own engine, then `copy_database`.")
    return manifest


@contextmanager
def restored_in_scratch(path: Path, place: Place, *, identities: list[Any] | None, stamp: str) -> Iterator[Place]:
    """The backup in a database of its own beside `place`; gone afterwards unless it was put in place."""
    engine, manifest = engine_of(place), checked(path, place)
    if manifest.is_encrypted and identities is None:
        raise BackupFailed("This backup is sealed: name the identity file that opens it (--identity).")
    scratch = engine.new_scratch(place, stamp)
    try:
        with path.open("rb") as stream:
            engine.filled(scratch, stream, identities if manifest.is_encrypted else None)
        yield scratch
    finally:
        engine.end_scratch(scratch)


def restore(path: Path, place: Place, *, identities: list[Any] | None, stamp: str, may_replace: bool) -> Returned:
    """Raises BackupFailed with nothing changed: a full place is refused unless `may_replace`, and what stood there is kept beside."""
    engine = engine_of(place)
    if not may_replace and not engine.is_empty(place):
        raise BackupFailed(f"{place.shown} holds a clinic's data. Restore into a fresh one (--into URL), or say --yes-replace.")
    with restored_in_scratch(path, place, identities=identities, stamp=stamp) as scratch:
        proof = prove(scratch, manifest_path(path))
        if proof.waiting and not proof.faults:
            proof = brought_up(scratch)
        if proof.faults:
            raise BackupFailed(f"What was restored doesn't hold, so nothing was put in place: {'; '.join(proof.faults)}")
        return Returned(read_manifest(manifest_path(path)), proof, engine.put_in_place(scratch, place, stamp))


def brought_up(scratch: Place) -> Proof:
    """A backup of an older version is migrated before it is proven; its rows were compared as they were saved."""
    done = manage(scratch, "migrate", "--verbosity", "0")
    if done.returncode:
        raise BackupFailed("The backup is of an older version, and its migrations failed. Restore it with the version that made it.")
    return prove(scratch)
