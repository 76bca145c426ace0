"""What the verbs of this room share: the lock, the refusal by field, the one effect of a repeated post, what changed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from clinic.findings import Finding, Level, Refused, refuse
from clinic.marks import with_indexes
from clinic.models import Site
from clinic.rules.opening import local_day
from patients.models import Patient

Row = TypeVar("Row", bound=models.Model)


def locked(row: Row) -> Row:
    """The same row as it is now, locked until the transaction ends."""
    return type(row)._default_manager.select_for_update().get(pk=row.pk)


def posted_before(model: type[Row], patient: Patient, client_key: UUID | None) -> Row | None:
    """The row that an earlier post with this key made: a retry has one effect. Without a key there is none. Raises Refused for the key of another patient's post."""
    row: Any = model._default_manager.filter(client_key=client_key).first() if client_key is not None else None
    if row is not None and row.patient_id != patient.pk:
        raise refuse("MON-7", "This page is out of date. Load it again.", code="client_key")
    return row  # type: ignore[no-any-return]


def refuse_fields(rule: str, problems: Mapping[str, str]) -> None:
    """Raise Refused with one block per field when there is any problem."""
    if problems:
        raise Refused([Finding(rule, Level.BLOCK, text, code=f"{rule}.{field or 'form'}", field=field) for field, text in problems.items()])


def moment_of(day: date, site: Site, now: datetime) -> datetime:
    """When something dated by day happened: at noon of the site's day, never after `now`."""
    return min(datetime.combine(day, time(12), tzinfo=site.zone).astimezone(UTC), now)


def today_of(site: Site, now: datetime) -> date:
    return local_day(now, site.zone)


def set_changed(row: models.Model, fields: Mapping[str, Any]) -> list[str]:
    """Put new values onto a row and save those that differ; their names, in order."""
    changed = sorted(name for name, value in fields.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save(update_fields=with_indexes(row, changed))
    return changed
