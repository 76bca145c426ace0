"""The audit chain: one entry per act, in the act's transaction, its head locked last."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import models, transaction
from django.db.models import Subquery

from clinic.models import AuditEntry, AuditHead, Organisation, Site, User
from clinic.prepared import prepared

SCHEMA = 1
BATCH = 2000
READ_MERGE = timedelta(minutes=15)


def chain_of(site: Site | None, organisation: Organisation | None = None) -> str:
    """The name of the chain an act belongs to: its site's, else its organisation's, else the installation's."""
    if site is not None:
        return f"site:{site.pk}"
    return f"org:{organisation.pk}" if organisation is not None else "house"


def chain_seq(chain: str) -> Subquery:
    """For another query: the number of a chain's last audited act, None before any; read with what a page shows, never after it."""
    return Subquery(AuditHead.objects.filter(pk=chain).values("seq")[:1])


def plain(value: object) -> object:
    """A value as the canonical text writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, models.Model):
        return value.pk
    return value if isinstance(value, bool | int | float | str | list | type(None)) else str(value)


@dataclass(frozen=True, kw_only=True)
class Act:
    """What an entry tells; the chain adds its number and its links. `target_pk` is text, since some targets have no number."""

    action: str
    target_kind: str
    target_pk: str
    by_pk: int | None
    now: datetime
    patient_pk: int | None = None
    changes: Mapping[str, object] = field(default_factory=dict)


def header(entry: AuditEntry) -> str:
    """The lines of schema 1 that the columns repeat."""
    return "\n".join(
        (
            f"vigil-audit {SCHEMA}",
            f"chain {entry.chain}",
            f"seq {entry.seq}",
            f"prev {entry.prev_hash}",
            f"at {plain(entry.happened_at)}",
            f"actor {'-' if entry.actor_id is None else entry.actor_id}",
            f"action {entry.action}",
            f"target {entry.target_kind} {entry.target_pk}",
            f"patient {'-' if entry.patient_pk is None else entry.patient_pk}",
        )
    )


def canonical(entry: AuditEntry, changes: Mapping[str, object]) -> str:
    """Schema 1: one `key value` line each, then the changes in order of their names, as JSON in ASCII."""
    lines = (f"change {name} {json.dumps(plain(changes[name]), sort_keys=True)}" for name in sorted(changes))
    return "\n".join((header(entry), *lines))


def digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def linked(act: Act, *, chain: str, site: Site | None, seq: int, prev_hash: str) -> AuditEntry:
    """The entry that an act makes at one place of a chain; not yet stored."""
    entry = AuditEntry(
        chain=chain, seq=seq, prev_hash=prev_hash, schema=SCHEMA, site=site, happened_at=act.now, actor_id=act.by_pk,
        action=act.action, target_kind=act.target_kind, target_pk=act.target_pk, patient_pk=act.patient_pk,
    )  # fmt: skip
    entry.body = canonical(entry, act.changes)
    entry.hash = digest(entry.body)
    return entry


def record(
    *,
    action: str,
    target: models.Model,
    by: User | None,
    now: datetime,
    site: Site | None = None,
    organisation: Organisation | None = None,
    patient_pk: int | None = None,
    changes: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Append one entry inside the caller's transaction.

    `action` is `room.verb` (`session.arrived`); `changes` holds the changed fields, without free clinical text.
    """
    kind, pk = target._meta.model_name or "", str(target.pk)
    return append(
        action=action, target_kind=kind, target_pk=pk, by=by, now=now,
        site=site, organisation=organisation, patient_pk=patient_pk, changes=changes or {},
    )  # fmt: skip


@transaction.atomic
def append(
    *,
    action: str,
    target_kind: str,
    target_pk: str,
    by: User | None,
    now: datetime,
    site: Site | None = None,
    organisation: Organisation | None = None,
    patient_pk: int | None = None,
    changes: Mapping[str, object],
) -> AuditEntry:
    """Lock the chain's head, link, and move the head on."""
    head = locked_head(chain_of(site, organisation))
    by_pk = by.pk if by is not None else None
    act = Act(action=action, target_kind=target_kind, target_pk=target_pk, by_pk=by_pk, now=now, patient_pk=patient_pk, changes=changes)
    entry = linked(act, chain=head.chain, site=site, seq=head.seq + 1, prev_hash=head.hash)
    entry.save(force_insert=True)
    AuditHead.objects.filter(pk=head.chain).update(seq=entry.seq, hash=entry.hash)
    return entry


@transaction.atomic
def append_many(acts: Iterable[Act], *, site: Site | None = None, organisation: Organisation | None = None) -> int:
    """Append many acts to one chain in the order given, under one lock: for data that is written in bulk. Returns how many."""
    head = locked_head(chain_of(site, organisation))
    started, seq, prev_hash = head.seq, head.seq, head.hash
    for some in batched(acts, BATCH):
        entries = []
        for act in some:
            entry = linked(act, chain=head.chain, site=site, seq=seq + 1, prev_hash=prev_hash)
            seq, prev_hash = entry.seq, entry.hash
            entries.append(entry)
        AuditEntry.objects.bulk_create(entries)
    if seq > started:
        AuditHead.objects.filter(pk=head.chain).update(seq=seq, hash=prev_hash)
    return seq - started


def batched(acts: Iterable[Act], size: int) -> Iterator[list[Act]]:
    rest = iter(acts)
    while some := list(islice(rest, size)):
        yield some


@prepared
def locking_head(chain: str) -> models.QuerySet[AuditHead]:
    return AuditHead.objects.select_for_update().filter(pk=chain).order_by()


def locked_head(chain: str) -> AuditHead:
    """The chain's end, locked; made on a chain's first entry."""
    head = locking_head.first(chain)
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(pk=chain)
    return head


@prepared
def readings(site_pk: int, actor_pk: int, kind: str, pk: str, since: datetime, now: datetime) -> models.QuerySet[AuditEntry, int]:
    seen = AuditEntry.objects.filter(site_id=site_pk, actor_id=actor_pk, happened_at__gt=since, happened_at__lte=now, action="record.read")
    return seen.filter(target_kind=kind, target_pk=pk).order_by().values_list("pk", flat=True)[:1]


def read(*, target: models.Model, by: User, now: datetime, site: Site, patient_pk: int | None = None) -> None:
    """Note that a person read a record: once per person, record and 15 minutes."""
    kind, pk = target._meta.model_name or "", str(target.pk)
    if readings.first(site.pk, by.pk, kind, pk, now - READ_MERGE, now) is None:
        record(action="record.read", target=target, by=by, now=now, site=site, patient_pk=patient_pk)
