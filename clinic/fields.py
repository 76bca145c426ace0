"""Columns whose text is sealed on its way in and opened when it is read from its row; plain where no keys are set (docs/adr/0033)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from phonenumber_field.phonenumber import to_python as to_phone

from clinic.cells import (
    PREFIX,
    Place,
    Stored,
    is_on,
    key_of,
    may_stand,
    newest,
    open_bytes,
    open_sealed,
    seal,
    seal_bytes,
)

_as_stored: ContextVar[bool] = ContextVar("vigil_cells_as_stored", default=False)


@contextmanager
def as_stored() -> Iterator[None]:
    """Cells are read and written as they stand, for a copy of the whole database."""
    token = _as_stored.set(True)
    try:
        yield
    finally:
        _as_stored.reset(token)


def cells_are_as_stored() -> bool:
    return _as_stored.get()


class Opening(DeferredAttribute):
    """Opens a cell, and reads its words, when it is asked for: a list that doesn't show it doesn't pay."""

    field: "Sealed"

    def __get__(self, row: Any, cls: Any = None) -> Any:
        if row is None:
            return self
        value = row.__dict__.get(self.field.attname, self)
        if value is self:
            value = super().__get__(row, cls)
        if value.__class__ is Stored and not _as_stored.get():
            value = row.__dict__[self.field.attname] = self.field.read(open_sealed(value, self.field.place_in(row)))
        return value

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.field.attname] = self.field.taken(value)


class Bound(models.Field):  # type: ignore[type-arg]
    """To its table, column, site and row; `row` names what is the row's own number before it is stored."""

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


class Sealed(Bound, models.TextField):  # type: ignore[type-arg]
    """Words; its kinds say what they mean."""

    descriptor_class = Opening

    def read(self, words: str) -> Any:
        """A value by its words in the column."""
        return words

    def written(self, value: Any) -> str:
        """A value's words in the column."""
        return str(value)

    def taken(self, value: Any) -> Any:
        """What an assigned value becomes at once."""
        return value

    def opened(self, value: Any, *, site: int, row: object) -> Any:
        """Of a value that came without its row (`values_list`)."""
        if value.__class__ is not Stored:
            return value
        return self.read(open_sealed(value, self.place(site=site, row=row)) if value.startswith(PREFIX) else value)

    def to_python(self, value: Any) -> Any:
        return self.read(value) if isinstance(value, str) and value else value

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return Stored(value) if value is not None and value.startswith(PREFIX) else value

    def pre_save(self, row: Any, add: bool) -> Any:
        raw = row.__dict__.get(self.attname)
        if _as_stored.get() or hasattr(raw, "resolve_expression") or (isinstance(raw, Stored) and key_of(raw) == newest()):
            return raw
        value = getattr(row, self.attname)
        return value if value is None else seal(self.written(value), self.place_in(row))

    def get_prep_value(self, value: Any) -> Any:
        """A plain word equals no cell: who compares in SQL would find nothing, and who writes past `save` would write it in clear."""
        if value is None or isinstance(value, Stored) or hasattr(value, "resolve_expression"):
            return value
        words = self.written(value)
        if words and is_on() and not _as_stored.get():
            raise TypeError(f"{self.model._meta.label}.{self.name} is sealed: compare its index, or write it by its row.")
        return words


class Refusing:
    """Parts and order of words aren't in a cell: who looks for them by SQL would find nothing."""

    def get_prep_lookup(self) -> Any:
        lookup = cast(Any, super())
        if isinstance(self.rhs, str) and not isinstance(self.rhs, Stored):  # type: ignore[attr-defined]
            self.lhs.output_field.get_prep_value(self.rhs)  # type: ignore[attr-defined]
        return lookup.get_prep_lookup()


for kind in ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "iexact", "regex", "iregex"):
    Sealed.register_lookup(type(f"Sealed{kind.title()}", (Refusing, models.TextField().get_lookup(kind)), {}))  # type: ignore[arg-type]


class SealedTextField(Sealed):
    pass


class Lazy(Sealed):
    """Read when it is asked for, in clear too."""

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return value if value is None else Stored(value)


class SealedDateField(Lazy):
    """A day, as ISO words."""

    # What the type checker's plugin reads of a column's values.
    _pyi_private_set_type: date | str  # type: ignore[assignment]
    _pyi_private_get_type: date  # type: ignore[assignment]

    def read(self, words: str) -> date:
        return date.fromisoformat(words)

    def written(self, value: date | str) -> str:
        return (date.fromisoformat(value) if isinstance(value, str) else value).isoformat()

    def taken(self, value: Any) -> Any:
        return date.fromisoformat(value) if value.__class__ is str else value


class SealedPhoneField(Lazy):
    """A telephone number, kept as E.164; what isn't one is kept as it came."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def read(self, words: str) -> Any:
        return to_phone(words) if words else words

    def written(self, value: Any) -> str:
        number = to_phone(value) if value else value
        return "" if not number else number.as_e164 if number.is_valid() else str(number.raw_input)

    def taken(self, value: Any) -> Any:
        return to_phone(value) if value.__class__ is str and value else value


class SealedJSONField(Lazy):
    """A value of JSON's kinds, whole: nobody asks SQL for a part of it."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def read(self, words: str) -> Any:
        return json.loads(words)

    def written(self, value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder)


class OpeningBytes(DeferredAttribute):
    field: "SealedBytesField"

    def __get__(self, row: Any, cls: Any = None) -> Any:
        if row is None:
            return self
        value = row.__dict__.get(self.field.attname, self)
        if value is self:
            value = super().__get__(row, cls)
        return value if _as_stored.get() or value is None else open_bytes(bytes(value), self.field.place_in(row))

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class SealedBytesField(Bound, models.BinaryField):
    """A file, or a part of one, sealed whole."""

    descriptor_class = OpeningBytes

    def pre_save(self, row: Any, add: bool) -> Any:
        raw = row.__dict__[self.attname]
        return raw if _as_stored.get() else seal_bytes(open_bytes(bytes(raw), self.place_in(row)), self.place_in(row))


def opened_values(rows: "models.QuerySet[Any]", *names: str) -> Iterator[tuple[Any, ...]]:
    """The key and those sealed columns of each row, without making the rows."""
    columns = [cast(Sealed, rows.model._meta.get_field(name)) for name in names]
    if not may_stand():  # nothing could be opened: the rows' own numbers needn't be read
        for pk, *read in rows.values_list("pk", *names):
            yield (
                pk,
                *(value if value.__class__ is str else column.opened(value, site=0, row="") for column, value in zip(columns, read, strict=True)),
            )
        return
    for pk, site, row, *read in rows.values_list("pk", "site_id", columns[0].row, *names):
        yield pk, *(column.opened(value, site=site, row=row) for column, value in zip(columns, read, strict=True))
