"""Columns changed past every action, row by row: what is sealed can't be written by `update()` (docs/adr/0033)."""

from typing import Any

from django.db import models

from clinic.marks import with_indexes


def change(rows: "models.QuerySet[Any]", **fields: object) -> None:
    for row in rows:
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=with_indexes(row, list(fields)))
