"""Bandit over our code: whatever it finds is explained in policy.toml, by rule and file, or fails. `python -m scripts.supply.weaknesses`"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from scripts.launcher.services import ROOT
from scripts.supply.licences import policy

CODE = ("config", "clinic", "patients", "sessions", "reminders", "reports", "desk", "scripts", "manage.py")
Place = str


def found() -> Counter[Place]:
    """How often each rule speaks in each file."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", "--format", "json", *CODE]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    if answer["errors"]:
        raise SystemExit(f"bandit could not read: {answer['errors']}")
    return Counter(f"{one['test_id']} {one['filename'].removeprefix('./')}" for one in answer["results"])


def unexplained(places: Mapping[Place, int], explained: Mapping[Place, str]) -> list[str]:
    """`explained` says "<times>: <why>"; one more of the kind in the same file wants its own look, and what is gone goes from the list."""
    lines = []
    for place, times in sorted(places.items()):
        told, _, why = explained.get(place, "0:").partition(":")
        if times > int(told) or not why.strip():
            lines.append(f"{place}: {times} found, {told} explained")
    return lines + [
        f"{place}: explained, but bandit finds fewer" for place, told in explained.items() if places.get(place, 0) < int(told.partition(":")[0])
    ]


def main() -> int:
    places = found()
    lines = unexplained(places, policy()["weaknesses"])
    print(*lines, f"{sum(places.values())} places, {len(lines)} unexplained", sep="\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
