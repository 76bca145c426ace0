"""A line of the ledger for what has left the site."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import Site, User
from reports.models import Disclosure, Export


@transaction.atomic
def disclose_export(export: Export, *, what: str, by: User, now: datetime) -> Disclosure:
    """Once for each file, however often it is fetched."""
    row, _ = Disclosure.objects.get_or_create(
        export=export,
        sha256=export.sha256,
        defaults={
            "site_id": export.site_id, "patient_id": export.patient_id, "what": what[:200], "filters": export.filters, "recipient": export.recipient,
            "purpose": export.purpose, "rows": export.rows_done, "names_patients": export.names_patients,
            "disclosed_at": now, "disclosed_by": by,
        },
    )  # fmt: skip
    return row


@transaction.atomic
def disclose_numbers(
    site: Site, *, what: str, codes: Mapping[str, Any], recipient: str, purpose: str, rows: int, by: User, now: datetime
) -> Disclosure:
    """Numbers that name nobody, fetched by a program: an entry and a line each time."""
    row = Disclosure.objects.create(
        site=site,
        what=what,
        filters=dict(codes),
        recipient=recipient,
        purpose=purpose,
        rows=rows,
        names_patients=False,
        disclosed_at=now,
        disclosed_by=by,
    )
    changes = {**codes, "rows": rows, "as": "json"}
    audit.record(action="report.exported", target=row, by=by, now=now, site=site, changes=changes)
    return row
