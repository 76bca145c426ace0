"""Proves a database in a process of its own: `manage.py verify_database` with that one as its database."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from clinic.backups.failure import BackupFailed
from clinic.backups.places import Place


@dataclass(frozen=True)
class Proof:
    rows: int
    entries: int
    signatures: int
    faults: list[str]
    # Migrations yet to be applied: of an older version, whose tables this one can't read.
    waiting: int = 0


def manage(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A management command over another database than this process's."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(command, env=place.environment(), cwd=settings.BASE_DIR, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def prove(place: Place, manifest: Path | None = None) -> Proof:
    """Checks, migrations, audit trail, signatures; against the manifest: rows, chains' ends."""
    named = ["--manifest", str(manifest)] if manifest is not None else []
    done = manage(place, "verify_database", "--json", *named)
    lines = done.stdout.strip().splitlines()
    try:
        return Proof(**json.loads(lines[-1]))
    except (IndexError, ValueError, TypeError) as bad:
        said = done.stderr.strip().splitlines()
        raise BackupFailed(f"The restored database could not be checked: {said[-1][:160] if said else 'no answer'}") from bad
