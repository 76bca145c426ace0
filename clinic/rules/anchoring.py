"""The line that anchors a chain's head outside of the database: how it is written, read, and when one is missing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# A day, and the time that beat, a worker and a mail server may need on a bad morning.
LATE_AFTER = timedelta(hours=26)
BEGINS = "vigil-anchor "
LINE = re.compile(
    r"(?P<told>vigil-anchor 1 (?P<number>[1-9]\d{0,8}) (?P<at>[0-9T:.+-]{20,40}) (?P<chain>house|(?:site|org):[1-9]\d{0,18})"
    r" (?P<seq>[1-9]\d{0,17}) (?P<hash>[0-9a-f]{64}) (?P<key>[0-9a-f]{16})) (?P<signature>[0-9A-Za-z_=-]{88})",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """What one line says: in this round, at this time, the chain ended so. `told` is what its signature covers."""

    number: int
    at: datetime
    chain: str
    seq: int
    hash: str
    key: str
    told: str = ""
    signature: str = ""


def told(anchor: Anchor) -> str:
    return f"{BEGINS}1 {anchor.number} {anchor.at.isoformat()} {anchor.chain} {anchor.seq} {anchor.hash} {anchor.key}"


def read_line(line: str) -> Anchor | None:
    """An anchor as it was written; None for a line that isn't one."""
    found = LINE.fullmatch(line)
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found["at"])
    except ValueError:
        return None
    return Anchor(
        number=int(found["number"]), at=at, chain=found["chain"], seq=int(found["seq"]), hash=found["hash"], key=found["key"],
        told=found["told"], signature=found["signature"],
    )  # fmt: skip


def candidates(text: str) -> list[tuple[int, str]]:
    """Numbered lines that mean to be anchors; what stands around them, as in a mail, is passed over. Quoted replies count."""
    lines = ((number, line.strip().lstrip("> ")) for number, line in enumerate(text.splitlines(), start=1))
    return [(number, line) for number, line in lines if line.startswith(BEGINS)]


def missing_rounds(numbers: Iterable[int]) -> list[int]:
    """Rounds between the first and the last that aren't there."""
    known = set(numbers)
    return [number for number in range(min(known), max(known)) if number not in known] if known else []


def is_late(newest: datetime | None, since: datetime | None, now: datetime) -> bool:
    """Whether a day went by without an anchor. `since` is when there was first something to anchor, None when there is nothing."""
    last = newest or since
    return last is not None and now - last > LATE_AFTER
