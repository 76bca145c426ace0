"""Lists the licence of everything that runs, and refuses one that nobody has allowed. `python -m scripts.supply.licences`"""

import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import Distribution

from packaging.utils import canonicalize_name

from scripts.launcher.services import ROOT
from scripts.supply.tree import runtime, vendored

POLICY = ROOT / "scripts" / "supply" / "policy.toml"
LIST = ROOT / "var" / "supply" / "licences.md"
CLASS = "License :: "


def told(package: Distribution) -> str:
    """The SPDX expression, else the trove classifiers, else the field that anybody may fill in."""
    about = package.metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    classes = sorted(line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith(CLASS))
    return "; ".join(name for name in classes if name != "OSI Approved") or str(about.get("License") or "UNKNOWN").splitlines()[0]


def policy() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(POLICY.read_text())
    return found


def refused(licences: Mapping[str, str], allowed: Mapping[str, str], packages: Mapping[str, str]) -> list[str]:
    """Whose licence is neither allowed as it is written nor explained for this one package."""
    return [f"{name}: {licence}" for name, licence in licences.items() if licence not in allowed and canonicalize_name(name) not in packages]


def bare_assets() -> list[str]:
    """Vendored folders without a row in their README or without the text of their licence."""
    folders = {path.name: path for path in (ROOT / "static" / "vendor").iterdir() if path.is_dir()}
    listed = {asset.name for asset in vendored()}
    return sorted(name for name, path in folders.items() if name not in listed or not (path / "LICENSE").exists())


def main() -> int:
    packages = runtime()
    licences = {name: told(package) for name, package in packages.items()}
    versions = {name: package.version for name, package in packages.items()}
    for asset in vendored():
        licences[f"static/vendor/{asset.name}"], versions[f"static/vendor/{asset.name}"] = asset.licence, asset.version
    LIST.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"| {name} | {versions[name]} | {licence} |" for name, licence in licences.items()]
    LIST.write_text("\n".join(["| what | version | licence |", "|---|---|---|", *rows, ""]))
    allowed = policy()
    wrong = refused(licences, allowed["licences"], allowed["packages"]) + [f"static/vendor/{name}: no row or no LICENSE" for name in bare_assets()]
    print(*[f"not allowed: {line}" for line in wrong], f"{len(licences)} licences in {LIST.relative_to(ROOT)}", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
