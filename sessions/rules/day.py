"""What an opening must have found, and what a closing must explain (SET-4, DEV-3, PMF-1). Nothing here stops care."""

from collections.abc import Mapping
from datetime import datetime

from clinic.findings import Finding, Level, block_at

ROUTES: tuple[tuple[str, str], ...] = (("patient", "patient-named"), ("bulk", "bulk stock"))
GOOD, BAD, SKIPPED = "good", "bad", "skipped"
Counts = Mapping[str, int | None]


def opening_shortfalls(*, has_prescriber: bool, devices: Mapping[str, list[str]], kit: str, rooms: str, counts: Counts) -> list[str]:
    """What the day was opened without, in words. `devices` maps a kind of equipment to the results of its checks this morning."""
    found = [] if has_prescriber else ["a prescriber in"]
    found += [words for kind, words in (("oximeter", "a checked oximeter"), ("cuff", "a checked cuff")) if GOOD not in devices.get(kind, [])]
    if kit != "yes":
        found.append("a complete emergency kit")
    if rooms != "yes":
        found.append("all rooms ready")
    if any(counts.get(route) is None for route, _ in ROUTES):
        found.append("a count of the devices")
    return found


def expected(opened: Counts, used: Mapping[str, int]) -> dict[str, int | None]:
    """How many devices of each route should be left; None where the opening didn't count."""
    left: dict[str, int | None] = {}
    for route, _ in ROUTES:
        before = opened.get(route)
        left[route] = None if before is None else before - used.get(route, 0)
    return left


def count_findings(*, left: Counts, counted: Counts, note: str) -> list[Finding]:
    """DEV-3: each route is counted at the end, and a difference is explained."""
    found = [block_at(f"count_{route}", "DEV-3", f"Count the devices, {words}.") for route, words in ROUTES if counted.get(route) is None]
    if found or note.strip():
        return found
    for route, words in ROUTES:
        should, is_there = left.get(route), counted.get(route)
        if should is not None and is_there != should:
            text = f"{words.capitalize()}: {should} should be left and {is_there} are. Say in the note why."
            found.append(Finding("DEV-3", Level.BLOCK, text, code=f"DEV-3.{route}", field="note"))
    return found


def open_findings(open_sessions: Mapping[int, str], why: Mapping[int, str]) -> list[Finding]:
    """PMF-1: who is still here at closing is explained one by one. `open_sessions` maps a session to its chair."""
    return [
        block_at(f"why_{pk}", "PMF-1", f"{chair}: say why the session is still open.")
        for pk, chair in open_sessions.items()
        if not why.get(pk, "").strip()
    ]


def again_findings(*, was_done_at: datetime | None, clock: str, word: str, reason: str) -> list[Finding]:
    """A day is opened and closed once; a second time puts the first right, with a reason."""
    if was_done_at is None or reason.strip():
        return []
    return [block_at("reason", "SET-4", f"The day was {word} at {clock} already. Say what you put right.")]
