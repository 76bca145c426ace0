"""The small clear text beside a backup: what it is, of when, and what must be found in it. No patient's data."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from clinic.backups.failure import BackupFailed

FORMAT = 1


@dataclass(frozen=True)
class Contents:
    """What one moment's snapshot holds: rows by table, each app's newest migration, each audit chain's end."""

    tables: dict[str, int]
    migrations: dict[str, str]
    chains: dict[str, list[Any]]
    engine_version: str = ""


@dataclass(frozen=True)
class Manifest:
    file: str
    made_at: str
    engine: str
    sha256: str
    size: int
    is_encrypted: bool
    contents: Contents
    vigil_backup: int = field(default=FORMAT)

    @property
    def rows(self) -> int:
        return sum(self.contents.tables.values())

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


def read_manifest(path: Path) -> Manifest:
    try:
        found = json.loads(path.read_text())
        if found["vigil_backup"] != FORMAT or "/" in found["file"]:
            raise BackupFailed(f"{path.name} is of a format that this version doesn't know.")
        return Manifest(**{**found, "contents": Contents(**found["contents"])})
    except (OSError, ValueError, KeyError, TypeError) as bad:
        raise BackupFailed(f"{path} is no manifest of a backup. It lies beside the backup and ends in .json.") from bad


def newest(applied: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The last migration of each app by number; a squashed one stands before those that followed."""
    return dict(sorted(applied, key=lambda pair: (pair[0], "squashed" not in pair[1], pair[1])))


def differences(wanted: Contents, found: Contents) -> list[str]:
    """What isn't as the manifest says, in words."""
    return [
        *(f"{table}: {counted(found.tables, table)} rows instead of {counted(wanted.tables, table)}" for table in sorted({*wanted.tables, *found.tables}) if wanted.tables.get(table) != found.tables.get(table)),
        *(f"migrations of {app}: up to {found.migrations.get(app, 'none')} instead of {wanted.migrations.get(app, 'none')}" for app in sorted({*wanted.migrations, *found.migrations}) if wanted.migrations.get(app) != found.migrations.get(app)),
        *(f"the audit chain {chain} ends elsewhere" for chain in sorted({*wanted.chains, *found.chains}) if wanted.chains.get(chain) != found.chains.get(chain)),
    ]  # fmt: skip


def counted(tables: Mapping[str, int], table: str) -> str:
    return str(tables.get(table, "no table's"))
