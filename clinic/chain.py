"""Reads an audit chain from its first entry to its head and names the first place where it does not hold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError

from clinic.audit import SCHEMA, digest, header
from clinic.models import AuditEntry, AuditHead, Site

CHUNK = 2000
UNREADABLE = (DatabaseError, ValueError, TypeError, OverflowError)


@dataclass(frozen=True)
class Verdict:
    """Of one chain: how many entries hold, and what is wrong with the first that doesn't."""

    chain: str
    entries: int
    broken_seq: int | None = None
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        return self.broken_seq is None


def chains(site: Site | None = None) -> list[str]:
    """Every chain that has a head or an entry; a site's own alone."""
    if site is not None:
        return [f"site:{site.pk}"]
    heads = set(AuditHead.objects.values_list("chain", flat=True))
    return sorted(heads | set(AuditEntry.objects.order_by().values_list("chain", flat=True).distinct()))


def verified(chain: str) -> Verdict:
    """Walk the chain, a chunk in memory at a time; its stored bodies alone are hashed, the columns must repeat them."""
    walked, last_hash = walk(chain, 0, "", None)
    if not walked.is_whole:
        return walked
    seq = walked.entries
    head = AuditHead.objects.filter(pk=chain).first()
    if head is None:
        return Verdict(chain, seq, seq, "the chain's head is missing") if seq else Verdict(chain, 0)
    if (head.seq, head.hash) != (seq, last_hash):
        return Verdict(chain, seq, min(head.seq, seq) + 1, f"the chain ends at {seq}, but its head says {head.seq}")
    return Verdict(chain, seq)


def walk(chain: str, seq: int, last_hash: str, to: int | None) -> tuple[Verdict, str]:
    """Of the entries behind number `seq`, whose hash is known, as far as `to` or to the end; and the last hash that holds."""
    for entry in entries_of(chain, seq, to):
        reason = fault(entry, seq + 1, last_hash)
        if entry is None or reason:
            return Verdict(chain, seq, seq + 1, reason), last_hash
        seq, last_hash = entry.seq, entry.hash
    return Verdict(chain, seq), last_hash


def entries_of(chain: str, after: int, to: int | None) -> Iterator[AuditEntry | None]:
    """In order; None at the place of one that can't be read at all: SQLite lets any bytes stand in any column."""
    rows = AuditEntry.objects.filter(chain=chain).order_by("seq", "pk")
    if to is not None:
        rows = rows.filter(seq__lte=to)
    # The first stretch begins where the chain does, wherever a forger has put that.
    after_seq = after or None
    while True:
        some = rows if after_seq is None else rows.filter(seq__gt=after_seq)
        try:
            found = list(some[:CHUNK])
        except UNREADABLE:
            yield from one_by_one(some.values_list("pk", flat=True)[:CHUNK])
            return
        yield from found
        if len(found) < CHUNK:
            return
        after_seq = found[-1].seq


def one_by_one(pks: Iterable[int]) -> Iterator[AuditEntry | None]:
    """Up to the first that can't be read."""
    for pk in list(pks):
        try:
            yield AuditEntry.objects.get(pk=pk)
        except UNREADABLE:
            yield None
            return


def fault(entry: AuditEntry | None, seq: int, last_hash: str) -> str:
    """What is wrong with an entry that ought to be number `seq`; empty when nothing is."""
    if entry is None or not isinstance(entry.body, str):
        return "it can't be read: its columns hold what was never written there"
    if entry.seq != seq:
        return f"entry {seq} is missing: {entry.seq} follows"
    if entry.prev_hash != last_hash:
        return "it does not continue the entry before it"
    if digest(entry.body) != entry.hash:
        return "its text was changed"
    if entry.schema != SCHEMA:
        return f"nobody knows its schema {entry.schema}"
    top = header(entry)
    if entry.body != top and not entry.body.startswith(f"{top}\n"):
        return "its columns were changed: they tell another story than its text"
    belongs = f"site:{entry.site_id}" == entry.chain if entry.site_id is not None else not entry.chain.startswith("site:")
    return "" if belongs else "it names another site than its chain"
