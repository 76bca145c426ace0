"""Makes one backup: dumped, sealed, measured, written under a passing name, then its own; never over another file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyrage import x25519

from clinic.backups.engines import engine_of
from clinic.backups.failure import BackupFailed
from clinic.backups.manifest import Contents, Manifest, read_manifest
from clinic.backups.places import Place
from clinic.backups.sealing import Measuring, recipients_of, seal
from clinic.rules.backups import thrown_away

UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Made:
    """A finished backup. `passing_keys` open it too, live in this process alone, and are what a drill reads it back with."""

    path: Path
    manifest: Manifest
    passing_keys: list[Any] | None

    @property
    def manifest_path(self) -> Path:
        return manifest_path(self.path)


def manifest_path(path: Path) -> Path:
    return path.parent / f"{path.name.partition('.')[0]}.json"


def stamp_of(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def make(place: Place, *, folder: Path, recipients: list[str], now: datetime, to_be_read_back: bool = False) -> Made:
    """Raises BackupFailed. Without recipients it is in clear: the caller has asked whether that is meant.

    No private key need ever lie on the server: where it is to be read back, it is sealed for a passing key as well.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine, for_whom = engine_of(place), recipients_of(recipients)
    passing = x25519.Identity.generate() if for_whom and to_be_read_back else None
    path = folder / f"vigil-{stamp_of(now)}.{engine.SUFFIX}{'.age' if for_whom else ''}"
    with written(path) as file:
        measuring = Measuring(file)
        # The dump's own last word comes before the file has its name.
        with engine.dumped(place) as (stream, contents):
            seal(stream, measuring, for_whom + ([passing.to_public()] if passing else []))
    manifest = described(path.name, measuring, contents, place=place, is_encrypted=bool(for_whom), now=now)
    with written(manifest_path(path)) as file:
        file.write(manifest.text().encode())
    return Made(path, manifest, [passing] if passing else None)


def described(name: str, measured: Measuring, contents: Contents, *, place: Place, is_encrypted: bool, now: datetime) -> Manifest:
    return Manifest(
        file=name, made_at=now.astimezone(UTC).isoformat(), engine=place.engine, sha256=measured.digest.hexdigest(), size=measured.size,
        is_encrypted=is_encrypted, contents=contents,
    )  # fmt: skip


@contextmanager
def written(path: Path) -> Iterator[Any]:
    """A file that is whole or isn't there: on disk before it has its name."""
    passing = path.with_name(path.name + UNFINISHED)
    try:
        with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        given_its_name(passing, path)
    except FileExistsError as there:
        raise BackupFailed(f"{path.name} is there already. A backup is never written over another.") from there
    except OSError as bad:
        raise BackupFailed(f"{path.name} can't be written: {bad.strerror}") from bad
    finally:
        passing.unlink(missing_ok=True)


def given_its_name(passing: Path, path: Path) -> None:
    """A link fails where the name is taken, a rename would not."""
    os.link(passing, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def prune(folder: Path, *, keep_days: int, now: datetime) -> list[str]:
    """Throw away what is past its days, told by the manifests; returns the names. Files without one are left alone."""
    manifests = {path.name: read_manifest(path) for path in folder.glob("vigil-*.json")}
    gone = thrown_away({name: manifest.at for name, manifest in manifests.items()}, now=now, keep_days=keep_days)
    for name in gone:
        (folder / manifests[name].file).unlink(missing_ok=True)
        (folder / name).unlink(missing_ok=True)
    return gone
