"""Asks pip-audit what is known against our packages, and says so plainly when its data can't be reached. `python -m scripts.supply.vulnerabilities`

A package that could not be asked about is skipped by pip-audit, which then ends in green: here it doesn't. A release with known faults
is asked about with ours: while nothing is told against it either, the data is not there, however green the answer."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.launcher.services import ROOT

# Of 2018, with dozens of published faults.
CANARY = ("django", "2.0.0")
NOT_CHECKED = 3


@dataclass(frozen=True)
class Verdict:
    code: int
    lines: list[str]


def asked() -> dict[str, Any] | None:
    """pip-audit's own answer over the pinned tree and the canary; None where it gave none."""
    with tempfile.TemporaryDirectory() as folder:
        answers: list[dict[str, Any]] = []
        canary = Path(folder) / "canary.txt"
        canary.write_text("==".join(CANARY) + "\n")
        for path in (ROOT / "constraints.txt", canary):
            command = [
                sys.executable,
                "-m",
                "pip_audit",
                "--requirement",
                str(path),
                "--no-deps",
                "--disable-pip",
                "--format",
                "json",
                "--timeout",
                "10",
            ]
            done = subprocess.run([*command, "--progress-spinner", "off"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            try:
                answers += json.loads(done.stdout)["dependencies"]
            except (ValueError, KeyError):
                return None
        return {"dependencies": answers}


def verdict(answer: dict[str, Any] | None) -> Verdict:
    """Found faults fail; anything that was not truly asked about is not green."""
    if answer is None:
        return Verdict(NOT_CHECKED, ["NOT CHECKED: pip-audit gave no answer; its data can't be reached from here."])
    rows = [row for row in answer["dependencies"] if (row["name"].lower(), row.get("version")) != CANARY]
    canaries = [row for row in answer["dependencies"] if (row["name"].lower(), row.get("version")) == CANARY]
    skipped = [row["name"] for row in answer["dependencies"] if "skip_reason" in row]
    faults = [f"{row['name']} {row.get('version', '')}: {one['id']}" for row in rows for one in row.get("vulns", ())]
    if faults:
        return Verdict(1, faults)
    if skipped:
        return Verdict(
            NOT_CHECKED,
            [f"NOT CHECKED: of {len(rows)} packages {len(skipped)} could not be asked about; pip-audit's data can't be reached from here."],
        )
    if not any(row.get("vulns") for row in canaries):
        return Verdict(NOT_CHECKED, [f"NOT CHECKED: nothing is told against {' '.join(CANARY)} either, so pip-audit's data is not there."])
    return Verdict(0, [f"{len(rows)} packages, nothing known against them"])


def main() -> int:
    found = verdict(asked())
    print(*found.lines, sep="\n")
    return found.code


if __name__ == "__main__":
    sys.exit(main())
