"""What the verbs share: the site's lock, and writing changed fields while noting them for the audit."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import models

from clinic.audit import plain
from clinic.findings import Finding, Refused, blocks
from clinic.models import Site


def locked_site(site: Site) -> Site:
    """The site's row, locked for a change of its furniture; facts of the floor may still be added meanwhile (no key lock)."""
    return Site.objects.select_for_update(no_key=True).get(pk=site.pk)


def stop_on(findings: Iterable[Finding]) -> None:
    """Raise Refused when any finding blocks."""
    found = blocks(findings)
    if found:
        raise Refused(found)


def noted(value: object) -> object:
    """A value as the audit's changes hold it, within a list too."""
    return value.isoformat() if isinstance(value, date | time) and not isinstance(value, datetime) else plain(value)


def write(row: models.Model, values: Mapping[str, Any]) -> dict[str, list[object]]:
    """Save what differs; {field: [before, after]} of it."""
    changed = {name: [noted(getattr(row, name)), noted(value)] for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=list(changed))
    return changed
