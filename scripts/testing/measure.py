"""Branch coverage: every `rules` file whole, the rest nine tenths."""

import subprocess
import sys

from scripts.launcher.services import ROOT

WHOLE = 90
RULES = "*/rules.py,*/rules/*.py"


def coverage(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=ROOT, stdin=subprocess.DEVNULL).returncode


def erase() -> None:
    (ROOT / "var" / "coverage").mkdir(parents=True, exist_ok=True)
    coverage("erase")


def shortfalls() -> list[str]:
    """What falls short, in words; the tables go to the terminal."""
    coverage("combine", "--quiet")
    found = []
    print("\n[test] branch coverage of rules", flush=True)
    if coverage("report", f"--include={RULES}", "--fail-under=100") == 2:
        found.append("branch coverage of rules is below 100 %")
    print("\n[test] branch coverage of everything", flush=True)
    if coverage("report", f"--fail-under={WHOLE}") == 2:
        found.append(f"branch coverage is below {WHOLE} %")
    return found
