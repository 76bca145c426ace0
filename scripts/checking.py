"""`make check`: format, lint, import contracts, types, migrations, supply chain; all of them, then the verdict."""

import os
import subprocess
import sys

from scripts.launcher.services import ROOT
from scripts.supply.vulnerabilities import NOT_CHECKED

CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "."],
    "lint": ["-m", "ruff", "check", "."],
    "imports": ["-c", "import sys; from importlinter.cli import lint_imports_command; sys.argv = ['lint-imports']; lint_imports_command()"],
    "types": ["-m", "mypy"],
    "system": ["manage.py", "check"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "weaknesses": ["-m", "scripts.supply.weaknesses"],
    "licences": ["-m", "scripts.supply.licences"],
    "materials": ["-m", "scripts.supply.materials"],
    "vulnerabilities": ["-m", "scripts.supply.vulnerabilities"],
}


def main() -> int:
    environment = {**os.environ, "VIGIL_MODE": "test", "PYTHONPATH": str(ROOT)}
    failed, unchecked = [], []
    for name, arguments in CHECKS.items():
        print(f"[check] {name}", flush=True)
        code = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode
        if code:
            (unchecked if code == NOT_CHECKED else failed).append(name)
    print(f"[check] {verdict(failed, unchecked)}", flush=True)
    return 1 if failed else 0


def verdict(failed: list[str], unchecked: list[str]) -> str:
    """What could not be checked is never called good."""
    rest = f"; NOT CHECKED: {', '.join(unchecked)}" if unchecked else ""
    return (f"failed: {', '.join(failed)}" if failed else "all that was checked is good" if unchecked else "all good") + rest


if __name__ == "__main__":
    sys.exit(main())
