"""What was typed, weighed against what somebody else saved since the page was opened; under the caller's lock."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from clinic.findings import Changed, Finding, Level
from clinic.rules.merging import as_text, merge


def opened_as(row: models.Model, names: Iterable[str]) -> str:
    """A row's values for the hidden field of the form that changes it."""
    return json.dumps({name: as_text(getattr(row, name)) for name in names}, sort_keys=True)


def merged(row: models.Model, typed: Mapping[str, Any], opened: Mapping[str, str] | None) -> dict[str, Any]:
    """The values to write onto a locked row. Raises Changed when the same field was changed twice: both values are then told."""
    if opened is None:
        return dict(typed)
    current = {name: getattr(row, name) for name in typed}
    kept, clashes = merge(opened=opened, typed=typed, current=current)
    if clashes:
        findings = [
            Finding("MON-7", Level.BLOCK, changed_text(told(row, name)), code=f"changed.{name}", field=name) for name in clashes
        ]  # fmt: skip
        # What clashed is known from now on; the rest of the page is as old as it was.
        known = {**opened, **{name: as_text(current[name]) for name in clashes}}
        raise Changed(findings, opened=json.dumps(known, sort_keys=True))
    return kept


def changed_text(stands: str) -> str:
    return f"Changed since you opened it: now “{stands}”. What you typed is still here; save again to keep yours."


def told(row: models.Model, name: str) -> str:
    """The value that stands, as the page says it."""
    value = getattr(row, f"get_{name}_display", lambda: getattr(row, name))()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in (None, "") else str(value)
