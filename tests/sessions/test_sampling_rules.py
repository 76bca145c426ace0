"""A sample that anybody can draw again, and what an auditor can't be given (SET-10)."""

import hashlib
from datetime import date, timedelta

import pytest

from sessions.rules.sampling import drawn, grant_findings, population_digest

IDS = [f"id-{number}" for number in range(40)]
TODAY = date(2026, 6, 15)


def test_the_same_seed_draws_the_same_whatever_the_order() -> None:
    sample = drawn(IDS, "seed", 10)
    assert sample == drawn(reversed(IDS), "seed", 10) == sorted(IDS, key=lambda one: hashlib.sha256(f"seed:{one}".encode()).digest())[:10]
    assert len(set(sample)) == 10
    assert sample != drawn(IDS, "another", 10)
    assert sorted(drawn(IDS, "seed", 99)) == sorted(IDS)
    assert population_digest(IDS) == population_digest(reversed(IDS)) != population_digest(IDS[1:])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, None), ({"sample": 5}, None), ({"last": TODAY - timedelta(days=1)}, "last_on"), ({"last": TODAY + timedelta(days=367)}, "last_on"),
        ({"until": TODAY - timedelta(days=1)}, "until_on"), ({"until": TODAY + timedelta(days=367)}, "until_on"), ({"sample": 0}, "sample_size"),
        ({"sample": 501}, "sample_size"), ({"sample": 5, "population": 0}, "sample_size"), ({"population": 0}, None),
    ],
)  # fmt: skip
def test_what_can_be_granted(given: dict[str, object], field: str | None) -> None:
    asked = {"first": TODAY, "last": TODAY, "until": TODAY, "today": TODAY, "sample": None, "population": 3, **given}
    assert [finding.field for finding in grant_findings(**asked)] == ([field] if field else [])  # type: ignore[arg-type]
