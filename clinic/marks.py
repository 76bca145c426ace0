"""Keyed marks beside sealed columns, by which equal texts are found and compared while nothing else is learned (docs/adr/0033)."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Contains, Exact

from clinic.cells import Stored, index_of, is_on, reach_marks
from clinic.fields import Sealed, cells_are_as_stored


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
        if not cells_are_as_stored():
            setattr(row, self.attname, self.indexed(getattr(row, self.of), site=row.site_id))
        return getattr(row, self.attname)


class ReachMarkField(BlindIndexField):
    """Of a number or an address that is appended, by the key of its day: comparable with charts, wherever they are."""

    def indexed(self, text: Any, *, site: int) -> str | None:
        return next(iter(reach_marks(written(self.model, self.of, text))), None) if is_on() else None


class ReachMarksField(BlindIndexField):
    """Of a chart's number or address, by every key there is: what history marked by an older one is found still."""

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        super().__init__(*args, of=of, **{"max_length": 10_000, **kwargs})

    def indexed(self, text: Any, *, site: int) -> str | None:
        return " ".join(reach_marks(written(self.model, self.of, text))) or None


def written(model: type[models.Model], name: str, value: Any) -> str:
    """A value as its sealed column would hold it."""
    return cast(Sealed, model._meta.get_field(name)).written(value)


def reached_at(model: type[models.Model], name: str, value: Any) -> Q:
    """Rows whose telephone number or address it is, sealed by whichever key or in clear. An empty one is nobody's."""
    words = written(model, name, value)
    if not words:
        return Q(pk__in=())
    found = Q(**{name: Stored(words)})
    for mark in reach_marks(words):
        found |= Q(**{f"{name}_marks__contains": mark}) if is_chart(model, name) else Q(**{f"{name}_mark": mark})
    return found


def is_chart(model: type[models.Model], name: str) -> bool:
    return any(isinstance(field, ReachMarksField) and field.of == name for field in model._meta.concrete_fields)


def same_reach(*, chart: F, kept: F) -> Q:
    """Whether a chart's number or address is the one that history kept. What was kept in clear, before there was a key, equals no sealed one."""
    marks, mark = type(chart)(f"{named(chart)}_marks"), type(kept)(f"{named(kept)}_mark")
    return Q(Exact(chart, kept)) | Q(Contains(marks, mark))


def named(column: F) -> str:
    return str(column.name)  # type: ignore[attr-defined]


def with_indexes(row: models.Model, names: Sequence[str]) -> list[str]:
    """For `update_fields`: a column's index goes with it."""
    return [*names, *(field.name for field in row._meta.concrete_fields if isinstance(field, BlindIndexField) and field.of in names)]
