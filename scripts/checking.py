"""`make check`: format, lint, import contracts, types, migrations; all of them, then the verdict."""

import os
import subprocess
import sys

from scripts.launcher.services import ROOT

CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "."],
    "lint": ["-m", "ruff", "check", "."],
    "imports": ["-c", "import sys; from importlinter.cli import lint_imports_command; sys.argv = ['lint-imports']; lint_imports_command()"],
    "types": ["-m", "mypy"],
    "system": ["manage.py", "check"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
}


def main() -> int:
    environment = {**os.environ, "VIGIL_MODE": "test", "PYTHONPATH": str(ROOT)}
    failed = []
    for name, arguments in CHECKS.items():
        print(f"[check] {name}", flush=True)
        if subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode:
            failed.append(name)
    print(f"[check] {'failed: ' + ', '.join(failed) if failed else 'all good'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
