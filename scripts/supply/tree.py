"""What an installation runs on: the closure of requirements.txt over the installed packages, and what lies vendored in static/."""

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.launcher.services import ROOT

ROW = re.compile(r"^\| `(?P<folder>[\w-]+)/[^`]*` \| .* \| (?P<version>[\w.]+) \| (?P<licence>.+?) \|$")


@dataclass(frozen=True)
class Vendored:
    """One asset in static/vendor, as its README says."""

    name: str
    version: str
    licence: str


def asked(path: Path) -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def runtime(path: Path = ROOT / "requirements.txt") -> dict[str, Distribution]:
    """Every package that runs, by canonical name."""
    found: dict[str, Distribution] = {}
    waiting = asked(path)
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found and not wanted.extras:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        waiting += [
            needed
            for needed in map(Requirement, found[name].requires or ())
            if is_needed(needed, wanted.extras) and canonicalize_name(needed.name) not in found
        ]
    return dict(sorted(found.items()))


def is_needed(requirement: Requirement, extras: set[str]) -> bool:
    """Whether its marker holds here, for one of the extras that were asked for."""
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in {"", *extras})


def vendored(readme: Path = ROOT / "static" / "vendor" / "README.md") -> list[Vendored]:
    rows = filter(None, map(ROW.match, readme.read_text().splitlines()))
    return [Vendored(row["folder"], row["version"], row["licence"]) for row in rows]
