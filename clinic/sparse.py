"""Rows of which a page reads some columns: Django finds the place of each column anew for each row."""

from collections.abc import Collection
from functools import cache
from typing import Any, Self

from django.db import models
from django.db.models import DEFERRED


class Sparse(models.Model):
    """For wide tables that busy pages read in part (`only`, `defer`)."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any) -> Self:
        if len(values) == len(cls._meta.concrete_fields):
            return super().from_db(db, field_names, values, **more)
        read = [*values]
        placed = [DEFERRED if place is None else read[place] for place in places(cls, tuple(field_names))]
        return super().from_db(db, field_names, placed, **more)


@cache
def places(model: type[models.Model], names: tuple[str, ...]) -> list[int | None]:
    """Where each of a table's columns stands among those that were read."""
    order = {name: place for place, name in enumerate(names)}
    return [order.get(field.attname) for field in model._meta.concrete_fields]
