"""What a version of a procedure and a sign-off must be (SET-3): pure."""

from collections.abc import Collection
from datetime import date

from clinic.findings import Finding, block_at

RULE = "SET-3"


def version_findings(*, effective_on: date, last_on: date | None, is_retired: bool) -> list[Finding]:
    """A version follows the one before it. `last_on`: the day of the newest one, None for the first."""
    if is_retired:
        return [block_at("text", RULE, "This procedure is out of use.")]
    if last_on is not None and effective_on < last_on:
        return [
            block_at("effective_on", RULE, f"The version before it is in force from {last_on.day} {last_on:%b %Y}: choose that day or a later one.")
        ]
    return []


def sign_findings(*, number: int, to_sign: Collection[int], is_retired: bool) -> list[Finding]:
    """What is signed is what is in force or the newest text: nobody signs what has been replaced while they read."""
    if is_retired:
        return [block_at("password", RULE, "This procedure is out of use.")]
    if number not in to_sign:
        return [block_at("password", RULE, "A newer version has been written. Load the page again and read it.")]
    return []
