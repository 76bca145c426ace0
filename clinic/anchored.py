"""Holds a chain against the anchors that somebody kept outside: a chain rebuilt from the ground up reads well, and is found here."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from clinic.anchor_keys import PublicKey
from clinic.models import AuditEntry
from clinic.rules.anchoring import Anchor, candidates, read_line

CHUNK = 500


@dataclass
class Kept:
    """The anchors of a file, by chain, and the lines that are none although they look it."""

    by_chain: dict[str, list[Anchor]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def anchors(self) -> list[Anchor]:
        return [anchor for several in self.by_chain.values() for anchor in several]


def read_anchors(text: str, keys: Collection[PublicKey]) -> Kept:
    """Every line whose signature holds under one of these keys; the others are named."""
    kept, by_name = Kept(), {key.name: key for key in keys}
    for number, line in candidates(text):
        anchor = read_line(line)
        if anchor is None:
            kept.wrong.append(f"line {number} is no anchor: it was changed or cut")
        elif anchor.key not in by_name:
            kept.wrong.append(f"line {number} is signed by another key, {anchor.key}")
        elif not by_name[anchor.key].holds(anchor.told, anchor.signature):
            kept.wrong.append(f"line {number} was changed: its signature does not hold")
        else:
            kept.by_chain.setdefault(anchor.chain, []).append(anchor)
    for several in kept.by_chain.values():
        several.sort(key=lambda anchor: (anchor.seq, anchor.number))
    return kept


@dataclass(frozen=True)
class Departure:
    """The first entry that may be another than the one that stood when it was anchored, and in which anchor that shows."""

    seq: int
    reason: str


def departure(chain: str, anchors: list[Anchor]) -> Departure | None:
    """None while every anchor is met. Only the anchored entries can be compared: the forgery began after the last that is met."""
    met = 0
    for anchor, hashed in zip(anchors, hashes_of(chain, [anchor.seq for anchor in anchors]), strict=True):
        if hashed != anchor.hash:
            what = "the chain ends before it" if hashed is None else "another entry stands in its place"
            return Departure(min(met + 1, anchor.seq), f"entry {anchor.seq} was anchored on {anchor.at.date()} in round {anchor.number}, and {what}")
        met = anchor.seq
    return None


def hashes_of(chain: str, numbers: list[int]) -> Iterator[str | None]:
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        found = dict(AuditEntry.objects.filter(chain=chain, seq__in=some).order_by().values_list("seq", "hash"))
        yield from (found.get(number) for number in some)
