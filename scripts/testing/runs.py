"""One run of pytest over one engine; what it counted is read from its JUnit file."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

from scripts.launcher.services import ROOT

REPORTS = ROOT / "var" / "tests"
# Where the runs of one `make test` leave each other the migrated database.
SHARED = REPORTS / "shared"


@dataclass
class Outcome:
    """What one run came to."""

    name: str
    code: int
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    slowest: list[tuple[float, str]] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return self.code == 0 and self.failed == 0


def run(name: str, *arguments: str, environment: dict[str, str] | None = None, coverage: bool = False) -> Outcome:
    """Run pytest with these arguments; its output goes straight to the terminal."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{name.lower().replace(',', '').replace(' ', '-')}.xml"
    report.unlink(missing_ok=True)
    program = ["-m", "coverage", "run", "-m", "pytest"] if coverage else ["-m", "pytest"]
    command = [sys.executable, *program, "-q", f"--junitxml={report}", "-o", "junit_family=xunit1", *arguments]
    print(f"\n[test] {name} begins", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**clean(os.environ), **(environment or {})},
        stdin=subprocess.DEVNULL,
    )
    return counted(Outcome(name, done.returncode, time.monotonic() - started), report)


def clean(environment: "os._Environ[str]") -> dict[str, str]:
    """A shell's own settings of an installation must not reach the suite."""
    kept = {"VIGIL_CHROMIUM", "VIGIL_TEST_SHARED"}
    return {name: value for name, value in environment.items() if name in kept or not name.startswith(("VIGIL_", "DATABASE_URL", "REDIS_URL"))}


def counted(outcome: Outcome, report: Path) -> Outcome:
    if not report.exists():
        outcome.failed += 1
        return outcome
    for case in ET.parse(report).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            outcome.failed += 1
        elif "skipped" in kinds:
            outcome.skipped += 1
        else:
            outcome.passed += 1
        outcome.slowest.append((float(case.get("time", "0")), f"{case.get('classname')}.{case.get('name')}"))
    return outcome
