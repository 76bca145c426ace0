"""The supply chain's own judgements: nothing is green that was not asked, explained or allowed."""

from typing import Any

import pytest

from scripts.checking import verdict as told
from scripts.supply.licences import bare_assets, policy, refused
from scripts.supply.licences import told as licence_of
from scripts.supply.materials import narrowed
from scripts.supply.tree import Vendored, runtime, vendored
from scripts.supply.vulnerabilities import CANARY, NOT_CHECKED, verdict
from scripts.supply.weaknesses import unexplained

pytestmark = pytest.mark.engine_free

OURS = {"name": "redis", "version": "8.1.0", "vulns": []}
FAULT = {"id": "PYSEC-1", "fix_versions": []}
KNOWN = {"name": CANARY[0], "version": CANARY[1], "vulns": [FAULT]}
SKIPPED = {"name": "redis", "skip_reason": "Dependency not found on PyPI and could not be audited"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"dependencies": [OURS, KNOWN]}, 0),
        ({"dependencies": [{**OURS, "vulns": [FAULT]}, KNOWN]}, 1),
        ({"dependencies": [{**OURS, "vulns": [FAULT]}, SKIPPED]}, 1),
        ({"dependencies": [OURS, SKIPPED, KNOWN]}, NOT_CHECKED),
        ({"dependencies": [OURS, {**KNOWN, "vulns": []}]}, NOT_CHECKED),
        ({"dependencies": [OURS]}, NOT_CHECKED),
        ({"dependencies": []}, NOT_CHECKED),
        (None, NOT_CHECKED),
    ],
)
def test_only_what_was_truly_asked_is_green(answer: dict[str, Any] | None, code: int) -> None:
    found = verdict(answer)
    assert found.code == code
    assert any("NOT CHECKED" in line for line in found.lines) == (code == NOT_CHECKED)


def test_the_last_line_says_what_was_not_checked() -> None:
    assert told([], []) == "all good"
    assert told([], ["vulnerabilities"]) == "all that was checked is good; NOT CHECKED: vulnerabilities"
    assert told(["types"], ["vulnerabilities"]) == "failed: types; NOT CHECKED: vulnerabilities"


def test_every_weakness_is_explained_as_often_as_it_is_found() -> None:
    why = {"B608 a.py": "2: our own names"}
    assert unexplained({"B608 a.py": 2}, why) == []
    assert unexplained({"B608 a.py": 3}, why) == ["B608 a.py: 3 found, 2 explained"]
    assert unexplained({"B608 a.py": 2, "B311 b.py": 1}, why) == ["B311 b.py: 1 found, 0 explained"]
    assert unexplained({"B608 a.py": 2}, {"B608 a.py": "2: "}) != []
    assert unexplained({}, why) == ["B608 a.py: explained, but bandit finds fewer"]


def test_a_licence_is_allowed_or_explained() -> None:
    allowed = policy()
    packages = runtime()
    assert {"django", "celery", "redis", "psycopg-binary", "brotli"} <= set(packages)
    assert not {"pytest", "mypy", "bandit"} & set(packages)
    licences = {name: licence_of(package) for name, package in packages.items()} | {one.name: one.licence for one in vendored()}
    assert {one.name for one in vendored()} >= {"bootstrap", "axe-core", "lucide"}
    assert refused(licences, allowed["licences"], allowed["packages"]) == []
    assert refused({"evil": "AGPL-3.0"}, allowed["licences"], allowed["packages"]) == ["evil: AGPL-3.0"]
    assert bare_assets() == []


def test_the_bill_names_what_runs_and_not_this_machine() -> None:
    parts = [
        {"name": name, "version": "1", "bom-ref": f"{name}==1", "externalReferences": [{"url": "file:///home/x"}, {"url": "https://x.example"}]}
        for name in ("pytest", "Django", "celery")
    ]
    links = [{"ref": "celery==1", "dependsOn": ["Django==1", "pytest==1"]}, {"ref": "pytest==1"}]
    bill = {"$schema": "s", "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:x", "components": parts, "dependencies": links}
    made = narrowed(bill, {"django", "celery"}, [Vendored("bootstrap", "5.3.9", "MIT")])
    assert [part["name"] for part in made["components"]] == ["Django", "celery", "bootstrap"]
    assert "file:" not in str(made)
    assert "serialNumber" not in made
    assert {"ref": "celery==1", "dependsOn": ["Django==1"]} in made["dependencies"]
