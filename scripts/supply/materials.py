"""Writes the CycloneDX bill of materials of what runs, the same bytes for the same packages. `python -m scripts.supply.materials`"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from scripts.launcher.services import ROOT
from scripts.supply.tree import Vendored, runtime, vendored

BILL = ROOT / "var" / "supply" / "vigil.cdx.json"
Bill = dict[str, Any]


def of_environment() -> Bill:
    """Everything that is installed here, as the tool reads it."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "bill.json"
        command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON", "-o", str(made), sys.executable]
        subprocess.run(command, check=True, cwd=ROOT, stdin=subprocess.DEVNULL)
        bill: Bill = json.loads(made.read_text())
        return bill


def narrowed(bill: Bill, names: set[str], assets: list[Vendored]) -> Bill:
    """Without what only tests and checks need, without where it lies on this machine; with the vendored assets."""
    kept = [part for part in bill["components"] if canonicalize_name(part["name"]) in names]
    for part in kept:
        part["externalReferences"] = [one for one in part.get("externalReferences", ()) if not one["url"].startswith("file:")]
    kept += [component(asset) for asset in assets]
    known = {part["bom-ref"] for part in kept}
    links = [{**link, "dependsOn": sorted(set(link.get("dependsOn", ())) & known)} for link in bill.get("dependencies", ()) if link["ref"] in known]
    root = {"bom-ref": "vigil", "name": "vigil", "type": "application", "licenses": [{"license": {"id": "Apache-2.0"}}]}
    return {
        "$schema": bill["$schema"], "bomFormat": bill["bomFormat"], "specVersion": bill["specVersion"], "version": 1,
        "metadata": {"component": root},
        "components": sorted(kept, key=lambda part: part["bom-ref"]),
        "dependencies": sorted([*links, {"ref": "vigil", "dependsOn": sorted(known)}], key=lambda link: link["ref"]),
    }  # fmt: skip


def component(asset: Vendored) -> Bill:
    reference = f"pkg:npm/{asset.name}@{asset.version}"
    licences = [{"license": {"name": asset.licence}}]
    return {"bom-ref": reference, "name": asset.name, "version": asset.version, "purl": reference, "type": "library", "licenses": licences}


def main() -> int:
    bill = narrowed(of_environment(), set(runtime()), vendored())
    missing = set(runtime()) - {canonicalize_name(part["name"]) for part in bill["components"]}
    BILL.parent.mkdir(parents=True, exist_ok=True)
    BILL.write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n")
    print(*[f"not in the bill: {name}" for name in sorted(missing)], f"{len(bill['components'])} components in {BILL.relative_to(ROOT)}", sep="\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
