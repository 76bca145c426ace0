"""Upgrade without downtime: may the last release's code go on while the database is already the new one's? `python -m scripts.upgrading`

By itself it reads every migration since the last release and names what old code would stumble over. With a git ref it tries it for real:
the new code migrates an empty database, then the old code of that ref fills it with the demonstration and verifies trail and signatures."""

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from scripts.launcher.services import ROOT

RELEASED = ROOT / "docs" / "released.toml"
# A migration that can't be otherwise says why, and docs/operating.md says that such an upgrade needs a stop.
EXCUSE = "needs_a_stop"
ADDS = {"CreateModel", "AddIndex", "AlterModelManagers", "AlterModelOptions", "RemoveConstraint", "RemoveIndex", "RenameIndex"}


def faults(operation: object) -> Iterator[str]:
    """What old code, which knows nothing of this operation, would stumble over."""
    kind = type(operation).__name__
    name = f"{getattr(operation, 'model_name', '')}.{getattr(operation, 'name', '')}".strip(".")
    field = getattr(operation, "field", None)
    if kind == "AddField" and field is not None:
        if not (field.many_to_many or field.null or field.has_db_default()):
            yield f"{name}: the old code's rows leave it empty: let it be null, or give it a db_default"
    elif kind == "AlterField":
        yield f"{name}: looser or tighter? say it in {EXCUSE}, or add a field instead"
    elif kind == "AddConstraint":
        yield f"{name}: the old code doesn't keep it: add it one release after the code that does"
    elif kind in ("RunPython", "RunSQL"):
        if not getattr(operation, "elidable", False) and not getattr(operation, "reversible", False):
            yield f"{kind}: can't be undone"
    elif kind == "SeparateDatabaseAndState":
        for inner in operation.database_operations:  # type: ignore[attr-defined]
            yield from faults(inner)
    elif kind not in ADDS:
        yield f"{kind} {name}: the old code still asks for it; take it away one release later"


def since_release(leaves: dict[str, str]) -> Iterator[tuple[str, object]]:
    """Our migrations that the last release did not have, by name; none before the first release."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, replace_migrations=False)
    for app, leaf in leaves.items():
        known = {name for label, name in loader.graph.forwards_plan((app, leaf)) if label == app}
        for (label, name), migration in sorted(loader.disk_migrations.items()):
            if label == app and name not in known and not migration.replaces:
                yield f"{label} {name}", migration


def stumbling(leaves: dict[str, str]) -> list[str]:
    """A table that the last release doesn't know may be changed at will."""
    steps = [(name, migration, operation) for name, migration in since_release(leaves) for operation in migration.operations]  # type: ignore[attr-defined]
    unknown = {f"{name.split()[0]} {operation.name.lower()}" for name, _, operation in steps if type(operation).__name__ == "CreateModel"}
    return [
        f"{name}: {fault}"
        for name, migration, operation in steps
        if not getattr(migration, EXCUSE, "") and f"{name.split()[0]} {getattr(operation, 'model_name', '').lower()}" not in unknown
        for fault in faults(operation)
    ]


def leaves() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(RELEASED.read_text())["leaves"]
    return found


def tried(ref: str) -> int:
    """The old code on the new schema, in an SQLite file of its own (or where DATABASE_URL says, which must be empty)."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "old"
        environment = {**os.environ, "VIGIL_MODE": "demonstration", "VIGIL_DATA_DIR": folder}
        environment.setdefault("DATABASE_URL", f"sqlite:///{folder}/vigil.sqlite3")
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", str(old), ref], cwd=ROOT, check=True)
        try:
            run(ROOT, environment, "migrate", "--verbosity", "0")
            for command in ("seed_demo", "verify_audit", "verify_signatures"):
                run(old, environment, command)
            run(ROOT, environment, "verify_audit")
            run(ROOT, environment, "verify_signatures")
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=True)
    print(f"The code of {ref} works on this schema, and its records verify under both.")
    return 0


def run(place: Path, environment: dict[str, str], *arguments: str) -> None:
    print(f"[{'new' if place == ROOT else 'old'} code] {' '.join(arguments)}", flush=True)
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=place, env=environment, check=True, stdin=subprocess.DEVNULL)


def main(arguments: list[str]) -> int:
    if arguments:
        return tried(arguments[0])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("VIGIL_MODE", "test")
    import django

    django.setup()
    found = stumbling(leaves())
    print(*found, f"{len(found)} places where the last release's code would stumble", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
