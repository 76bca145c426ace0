"""The audit chain: one entry per act, in the act's transaction, its head locked last."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db import models, transaction

from clinic.models import AuditEntry, AuditHead, Organisation, Site, User

SCHEMA = 1
READ_MERGE = timedelta(minutes=15)


def chain_of(site: Site | None, organisation: Organisation | None = None) -> str:
    """The name of the chain an act belongs to: its site's, else its organisation's, else the installation's."""
    if site is not None:
        return f"site:{site.pk}"
    return f"org:{organisation.pk}" if organisation is not None else "house"


def plain(value: object) -> object:
    """A value as the canonical text writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, models.Model):
        return value.pk
    return value if isinstance(value, bool | int | float | str | list | type(None)) else str(value)


def canonical(
    *, chain: str, seq: int, prev_hash: str, now: datetime, actor_pk: int | None, action: str, target_kind: str, target_pk: str, patient_pk: int | None, changes: Mapping[str, object]
) -> str:
    """Schema 1: one `key value` line each, values as JSON in ASCII, changes in order of their names."""
    lines = [f"vigil-audit {SCHEMA}", f"chain {chain}", f"seq {seq}", f"prev {prev_hash}", f"at {plain(now)}", f"actor {actor_pk or '-'}"]
    lines += [f"action {action}", f"target {target_kind} {target_pk}", f"patient {patient_pk or '-'}"]
    lines += [f"change {name} {json.dumps(plain(changes[name]), sort_keys=True)}" for name in sorted(changes)]
    return "\n".join(lines)


def digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


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
    kind = target._meta.model_name or ""
    return append(action=action, target_kind=kind, target_pk=str(target.pk), by=by, now=now, site=site, organisation=organisation, patient_pk=patient_pk, changes=changes or {})


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
    chain = chain_of(site, organisation)
    head = locked_head(chain)
    actor_pk = by.pk if by is not None else None
    seq = head.seq + 1
    body = canonical(
        chain=chain, seq=seq, prev_hash=head.hash, now=now, actor_pk=actor_pk, action=action, target_kind=target_kind, target_pk=target_pk, patient_pk=patient_pk, changes=changes
    )
    entry = AuditEntry(
        chain=chain, seq=seq, prev_hash=head.hash, hash=digest(body), schema=SCHEMA, body=body, site=site, happened_at=now,
        actor_id=actor_pk, action=action, target_kind=target_kind, target_pk=target_pk, patient_pk=patient_pk,
    )  # fmt: skip
    entry.save(force_insert=True)
    AuditHead.objects.filter(pk=chain).update(seq=seq, hash=entry.hash)
    return entry


def locked_head(chain: str) -> AuditHead:
    """The chain's end, locked; made on a chain's first entry."""
    head = AuditHead.objects.select_for_update().filter(pk=chain).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(pk=chain)
    return head


def read(*, target: models.Model, by: User, now: datetime, site: Site, patient_pk: int | None = None) -> None:
    """Note that a person read a record: once per person, record and 15 minutes."""
    kind, pk = target._meta.model_name or "", str(target.pk)
    seen = AuditEntry.objects.filter(
        site=site, actor=by, happened_at__gt=now - READ_MERGE, happened_at__lte=now, action="record.read", target_kind=kind, target_pk=pk
    )
    if not seen.exists():
        record(action="record.read", target=target, by=by, now=now, site=site, patient_pk=patient_pk)
