"""A patient's name that was read beside another row."""

from typing import Any

from patients.models import Patient

# What such a row is annotated with: its own name for each of the patient's columns.
NAMES_BESIDE = {"last_name": "last_name", "first_name": "first_name", "named_uid": "uid"}
LAST, FIRST = Patient._meta.get_field("last_name"), Patient._meta.get_field("first_name")


def name_beside(row: Any) -> str:
    """Last name and an initial, as `Patient.short_name`."""
    last, first = (field.opened(getattr(row, field.name), site=row.site_id, row=row.named_uid) for field in (LAST, FIRST))
    return f"{last}, {first[:1]}."
