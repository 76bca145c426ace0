"""Columns whose text is sealed on its way in and opened when it is read from its row; plain where no keys are set (docs/adr/0033)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from clinic.cells import PREFIX, Place, Stored, index_of, is_on, key_of, newest, open_sealed, seal

_as_stored: ContextVar[bool] = ContextVar("vigil_cells_as_stored", default=False)


@contextmanager
def as_stored() -> Iterator[None]:
    """Cells are read and written as they stand, for a copy of the whole database."""
    token = _as_stored.set(True)
    try:
        yield
    finally:
        _as_stored.reset(token)


class Opening(DeferredAttribute):
    """Opens a cell when it is asked for: a list that doesn't show it doesn't pay."""

    field: "SealedTextField"

    def __get__(self, row: Any, cls: Any = None) -> Any:
        if row is None:
            return self
        value = super().__get__(row, cls)
        if isinstance(value, Stored) and not _as_stored.get():
            value = row.__dict__[self.field.attname] = open_sealed(value, self.field.place_in(row))
        return value

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text bound to its table, column, site and row; `row` names the field that is the row's own number."""

    descriptor_class = Opening

    def __init__(self, *args: Any, row: str = "uid", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "row": self.row}

    def place_in(self, row: Any) -> Place:
        return self.place(site=row.site_id, row=getattr(row, self.row))

    def place(self, *, site: int, row: object) -> Place:
        return Place(self.model._meta.db_table, str(self.column), site, str(row))

    def opened(self, value: str, *, site: int, row: object) -> str:
        """Of a value that came without its row (`values_list`)."""
        return open_sealed(value, self.place(site=site, row=row)) if isinstance(value, Stored) else value

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return Stored(value) if value is not None and value.startswith(PREFIX) else value

    def pre_save(self, row: Any, add: bool) -> Any:
        raw = row.__dict__.get(self.attname)
        if _as_stored.get() or hasattr(raw, "resolve_expression") or (isinstance(raw, Stored) and key_of(raw) == newest()):
            return raw
        text = getattr(row, self.attname)
        return text if text is None else seal(text, self.place_in(row))

    def get_prep_value(self, value: Any) -> Any:
        """A plain word equals no cell: who compares in SQL would find nothing, and who writes past `save` would write it in clear."""
        value = super().get_prep_value(value)
        if value and not isinstance(value, Stored) and is_on() and not _as_stored.get():
            raise TypeError(f"{self.model._meta.label}.{self.name} is sealed: compare its index, or write it by its row.")
        return value


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """A keyed mark of another column, by which equal texts are found and kept apart; empty while nothing is sealed."""

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 100, "null": True, "editable": False, **kwargs})
        self.of = of

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def indexed(self, text: str, *, site: int) -> str | None:
        return index_of(text, **self.place(site))

    def place(self, site: int) -> dict[str, Any]:
        return {"table": self.model._meta.db_table, "column": self.of, "site": site}

    def pre_save(self, row: Any, add: bool) -> Any:
        if not _as_stored.get():
            setattr(row, self.attname, self.indexed(getattr(row, self.of), site=row.site_id))
        return getattr(row, self.attname)


def with_indexes(row: models.Model, names: Sequence[str]) -> list[str]:
    """For `update_fields`: a column's index goes with it."""
    return [*names, *(field.name for field in row._meta.concrete_fields if isinstance(field, BlindIndexField) and field.of in names)]
