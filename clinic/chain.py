"""Reads an audit chain from its first entry to its head and names the first place where it does not hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinic.audit import SCHEMA, digest, header
from clinic.models import AuditEntry, AuditHead, Site

CHUNK = 2000


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
    seq, last_hash = 0, ""
    for entry in entries_of(chain):
        reason = fault(entry, seq + 1, last_hash)
        if reason:
            return Verdict(chain, seq, seq + 1, reason)
        seq, last_hash = entry.seq, entry.hash
    head = AuditHead.objects.filter(pk=chain).first()
    if head is None:
        return Verdict(chain, seq, seq, "the chain's head is missing") if seq else Verdict(chain, 0)
    if (head.seq, head.hash) != (seq, last_hash):
        return Verdict(chain, seq, min(head.seq, seq) + 1, f"the chain ends at {seq}, but its head says {head.seq}")
    return Verdict(chain, seq)


def entries_of(chain: str) -> Iterator[AuditEntry]:
    return AuditEntry.objects.filter(chain=chain).order_by("seq", "pk").iterator(chunk_size=CHUNK)


def fault(entry: AuditEntry, seq: int, last_hash: str) -> str:
    """What is wrong with an entry that ought to be number `seq`; empty when nothing is."""
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
