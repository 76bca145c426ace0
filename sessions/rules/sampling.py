"""A random sample that anybody can draw again: by a seed, over the ids of a population."""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from clinic.findings import Finding, block_at

LONGEST_RANGE = timedelta(days=366)
LONGEST_ACCESS = timedelta(days=366)
MOST = 500


def drawn(ids: Iterable[str], seed: str, size: int) -> list[str]:
    """The first `size` ids in the order of SHA-256("seed:id"); all of them where there are fewer."""
    return sorted(ids, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())[:size]


def population_digest(ids: Iterable[str]) -> str:
    """The SHA-256 of the ids in their own order, one a line: what the sample was drawn from can't be changed afterwards."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(ids)).encode()).hexdigest()


def grant_findings(*, first: date, last: date, until: date, today: date, sample: int | None, population: int) -> list[Finding]:
    """Why an auditor can't be given this (SET-10)."""
    found = []
    if last < first:
        found.append(block_at("last_on", "SET-10", "The range ends before it begins."))
    elif last - first > LONGEST_RANGE:
        found.append(block_at("last_on", "SET-10", "A range covers one year at most."))
    if not today <= until <= today + LONGEST_ACCESS:
        found.append(block_at("until_on", "SET-10", "Choose a day from today on, within a year."))
    if sample is not None and not 1 <= sample <= MOST:
        found.append(block_at("sample_size", "SET-10", f"A sample has 1 to {MOST} sessions."))
    elif sample is not None and not found and not population:
        found.append(block_at("sample_size", "SET-10", "No session with a dose lies in these days."))
    return found
