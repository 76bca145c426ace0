"""A worker's verbs on an export: take it, say how far it is, keep its file or its failure; each under the fence that it took."""

import hashlib
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from clinic import audit, scope
from reports.kinds import Built, Stopped
from reports.models import Export, ExportPart
from reports.rules import exporting

PART = 1024 * 1024
TRY_AGAIN = "It broke off. Try again."
State = Export.State


@transaction.atomic
def take_export(pk: int, *, now: datetime) -> Export | None:
    """Claim it under a new fence and a lease; None where somebody else has it or it has ended. One that began too often fails."""
    row = Export.objects.select_for_update(of=("self",)).select_related("site", "asked_by").filter(pk=pk).first()
    if row is None or not exporting.may_begin(row.state, row.lease_until, now):
        return None
    if exporting.gives_up(row.tries):
        end_in_failure(row, now=now)
        return None
    row.state, row.fence, row.tries, row.lease_until = State.WORKING, row.fence + 1, row.tries + 1, now + exporting.LEASE
    row.rows_done, row.rows_total = 0, None
    row.save(update_fields=["state", "fence", "tries", "lease_until", "rows_done", "rows_total"])
    ExportPart.objects.filter(export=row).delete()
    return row


def mine(export: Export):  # type: ignore[no-untyped-def]
    return Export.objects.filter(pk=export.pk, fence=export.fence, state=State.WORKING)


def note_progress(export: Export, done: int, total: int | None, *, now: datetime) -> None:
    """How far it is, and another lease. Raises Stopped once it was cancelled or taken over."""
    if not mine(export).update(rows_done=done, rows_total=max(done, total) if total is not None else None, lease_until=now + exporting.LEASE):
        raise Stopped


@transaction.atomic
def keep_built(export: Export, built: Built, content: BinaryIO, *, now: datetime) -> None:
    """The file in parts, its digest, and until when. Raises Stopped once it was cancelled or taken over."""
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    row = mine(export).select_for_update().first()
    if row is None:
        raise Stopped
    for number, part in enumerate(iter(lambda: content.read(PART), b"")):
        digest.update(part)
        size += len(part)
        ExportPart.objects.create(site_id=row.site_id, export=row, number=number, content=part)
    mine(export).update(
        state=State.DONE, lease_until=None, ended_at=now, expires_at=now + exporting.KEPT, rows_done=built.rows, rows_total=built.rows, size=size,
        sha256=digest.hexdigest(), file_name=built.file_name[:120], content_type=built.content_type, names_patients=built.names_patients,
        patient=built.patient_pk,
    )  # fmt: skip
    audit.record(
        action="export.built", target=row, by=None, now=now, site=row.site, changes={"rows": built.rows, "size": size, "sha256": digest.hexdigest()}
    )


@transaction.atomic
def fail_export(export: Export, *, why: str = TRY_AGAIN, now: datetime) -> None:
    """The builder broke or gave up: told to who asked, who may try again."""
    row = mine(export).select_for_update(of=("self",)).select_related("site").first()
    if row is not None:
        end_in_failure(row, why=why, now=now)


def end_in_failure(row: Export, *, why: str = TRY_AGAIN, now: datetime) -> None:
    row.state, row.lease_until, row.ended_at, row.why, row.fence = State.FAILED, None, now, why[:200], row.fence + 1
    row.save(update_fields=["state", "lease_until", "ended_at", "why", "fence"])
    ExportPart.objects.filter(export=row).delete()
    audit.record(action="export.failed", target=row, by=None, now=now, site=row.site, changes={"tries": row.tries})


def expire_exports(*, now: datetime) -> int:
    """Files whose day is over are deleted; the row stays, so that they can be asked for again."""
    with scope.every():
        gone = list(Export.objects.filter(state=State.DONE, expires_at__lte=now).order_by("pk").values_list("pk", "site_id")[:100])
    for pk, site_pk in gone:
        with scope.of_site(site_pk):
            expire_one(pk, now=now)
    return len(gone)


@transaction.atomic
def expire_one(pk: int, *, now: datetime) -> None:
    row = Export.objects.select_for_update(of=("self",)).select_related("site").get(pk=pk)
    if row.state == State.DONE and row.expires_at is not None and row.expires_at <= now:
        Export.objects.filter(pk=pk).update(state=State.EXPIRED)
        ExportPart.objects.filter(export_id=pk).delete()
        audit.record(action="export.expired", target=row, by=None, now=now, site=row.site)
