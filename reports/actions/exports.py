"""A person's verbs on an export: ask for it, cancel it, ask again, fetch it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import Site, User
from reports.actions import disclosing
from reports.actions.publishing import publish
from reports.kinds import kind_of
from reports.models import Export, ExportPart
from reports.rules import exporting

State = Export.State


@transaction.atomic
def ask_export(
    site: Site,
    *,
    kind: str,
    filters: Mapping[str, Any],
    recipient: str,
    purpose: str,
    client_key: UUID,
    by: User,
    now: datetime,
    is_built_here: bool = False,
) -> Export:
    """Keep the wish and, after the commit, ask a worker; a repeated key gives the earlier one. `is_built_here`: the caller builds it itself."""
    asked = {"kind": kind, "filters": dict(filters), "recipient": recipient, "purpose": purpose}
    row, is_new = Export.objects.get_or_create(client_key=client_key, defaults={**asked, "site": site, "asked_at": now, "asked_by": by})
    if row.site_id != site.pk or row.asked_by_id != by.pk:
        raise refuse("EXPORT", "Load the page again.", code="export.key")
    if is_new:
        changes = {"kind": kind, **filters}
        audit.record(action="report.exported", target=row, by=by, now=now, site=site, patient_pk=filters.get("patient"), changes=changes)
        if not is_built_here:
            transaction.on_commit(partial(publish, row.pk))
    return row


@transaction.atomic
def cancel_export(export: Export, *, by: User, now: datetime) -> Export:
    """Nobody waits for it any more: its worker stops at its next chunk. Raises Refused when it has ended."""
    row = locked(export)
    if row.state == State.CANCELLED:
        return row
    if not exporting.may_cancel(row.state):
        raise refuse("EXPORT", "It has ended already.", code="export.ended")
    row.state, row.lease_until, row.ended_at, row.fence = State.CANCELLED, None, now, row.fence + 1
    row.save(update_fields=["state", "lease_until", "ended_at", "fence"])
    ExportPart.objects.filter(export=row).delete()
    audit.record(action="export.cancelled", target=row, by=by, now=now, site=row.site, changes={"rows_done": row.rows_done})
    return row


@transaction.atomic
def ask_again(export: Export, *, by: User, now: datetime) -> Export:
    """What failed, was cancelled or is gone, once more from the beginning and as of now. Raises Refused for one that is running or ready."""
    row = locked(export)
    if exporting.may_cancel(row.state):
        return row
    if not exporting.may_ask_again(row.state):
        raise refuse("EXPORT", "It is ready.", code="export.ready")
    row.state, row.tries, row.ended_at, row.expires_at, row.why, row.rows_done, row.rows_total = State.WAITING, 0, None, None, "", 0, None
    row.fence, row.asked_at = row.fence + 1, now
    row.save(update_fields=["asked_at", "state", "tries", "ended_at", "expires_at", "why", "rows_done", "rows_total", "fence"])
    audit.record(action="export.asked_again", target=row, by=by, now=now, site=row.site)
    transaction.on_commit(partial(publish, row.pk))
    return row


@transaction.atomic
def fetch_export(export: Export, *, by: User, now: datetime) -> Export:
    """The file leaves the site: an entry each time, the ledger's line the first time. Raises Refused once it is gone."""
    row = locked(export)
    if not exporting.may_download(row.state, row.expires_at, now):
        raise refuse("EXPORT", "The file is no longer here. Ask for it again.", code="export.gone")
    changes = {"rows": row.rows_done, "sha256": row.sha256}
    audit.record(action="export.downloaded", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    disclosing.disclose_export(row, what=kind_of(row.kind).words(row.filters), by=by, now=now)
    return row


def locked(export: Export) -> Export:
    return Export.objects.select_for_update(of=("self",)).select_related("site").get(pk=export.pk)
