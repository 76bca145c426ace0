"""Brings every sealed column to the newest key of VIGIL_FIELD_KEYS, batch by batch while people write; and says what stands by which key."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, Q, UniqueConstraint

from clinic.cells import PLAIN, PREFIX, Stored, key_ids, key_of, newest, seal
from clinic.fields import Sealed
from clinic.marks import BlindIndexField

BATCH = 200
UNKNOWN = "unknown"


class CannotSeal(Exception):
    """Why the rotation doesn't begin or stops, in an operator's words."""


def sealed_models() -> list[type[models.Model]]:
    """What can be sealed anew: all but history, which refuses every UPDATE and keeps the key of its day."""
    return [model for model in apps.get_models() if columns(model) and not is_history(model)]


def history() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if columns(model) and is_history(model)]


def is_history(model: type[models.Model]) -> bool:
    return getattr(model, "is_append_only", False)


def columns(model: type[models.Model]) -> list[Sealed]:
    return [one for one in model._meta.concrete_fields if isinstance(one, Sealed)]


def standing(among: Iterable[type[models.Model]] | None = None) -> Counter[str]:
    """How many cells stand by each key, in clear (`plain`), or by keys that aren't named here (`unknown`); empty cells don't count.

    Of what can be sealed anew, unless told otherwise. It reads every row.
    """
    there, found = set(connection.introspection.table_names()), Counter[str]()
    for model in sealed_models() if among is None else among:
        if model._meta.db_table in there:
            found += counted(model)
    return found


def counted(model: type[models.Model]) -> Counter[str]:
    """Of one table, in one reading."""
    known = [key_id for key_id in key_ids() if key_id != PLAIN]
    wanted: dict[str, Count] = {}
    for name in (field.name for field in columns(model)):
        wanted[f"{name} all"] = Count("pk", filter=~Q(**{name: Stored("")}))
        for number, start in enumerate((PREFIX, *(f"{PREFIX}{key_id}:" for key_id in known))):
            wanted[f"{name} {number}"] = Count("pk", filter=Q(**{f"{name}__startswith": Stored(start)}))
    told = Counter[str]()
    for name, count in model._base_manager.aggregate(**{key.replace(" ", "__"): one for key, one in wanted.items()}).items():
        told[name.rpartition("__")[2]] += count
    found = Counter({key_id: told[f"{number}"] for number, key_id in enumerate(known, start=1)})
    found[UNKNOWN] = told["0"] - found.total()
    found[PLAIN] = told["all"] - told["0"]
    return found


def owns_tables() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in sealed_models()]
        cursor.execute("SELECT bool_and(pg_has_role(current_user, relowner, 'USAGE')) FROM pg_class WHERE relname = ANY(%s)", [tables])
        return bool(cursor.fetchone()[0])


def refuse_pages_login() -> None:
    """The login of pages sees no row before a site is named: it would find nothing to do, and say that all is done."""
    if not owns_tables():
        raise CannotSeal("This login doesn't own the tables. Run it as the owner, with the DATABASE_URL that `migrate` has.")


@dataclass(frozen=True)
class Changed:
    """Of one batch: so many rows, and by which key (or in clear) each of their cells stood before. No words, no numbers of a person."""

    rows: int
    cells: Counter[str]


def batches(rows: "models.QuerySet[Any]", after: Callable[[Changed], object] = lambda changed: None) -> Iterator[int]:
    """Each in a transaction of its own, its rows locked: nobody's change is lost, and nobody waits long. `after` is part of the transaction.

    What has the newest key already is left as it is. Raises CannotSeal, and DoesNotOpen for a cell that was moved or whose key isn't named.
    """
    last = 0
    while True:
        with transaction.atomic():
            some = list(rows.select_for_update().filter(pk__gt=last).order_by("pk")[:BATCH])
            stood = [keys for row in some if (keys := sealed_anew(row)) is not None]
            if stood:
                after(Changed(len(stood), sum(stood, Counter())))
        if not some:
            return
        last = some[-1].pk
        yield len(stood)


def sealed_anew(row: Any) -> Counter[str] | None:
    """By which keys its cells stood; None where nothing of the row had to be changed."""
    fresh: dict[str, Any] = {}
    stood = Counter[str]()
    for field in row._meta.concrete_fields:
        if isinstance(field, Sealed):
            stands = row.__dict__[field.attname]
            if stands and key_of(stands) != newest():
                stood[key_of(stands)] += 1
                fresh[field.attname] = seal(field.written(getattr(row, field.attname)), field.place_in(row))
        elif isinstance(field, BlindIndexField):
            wanted = field.indexed(getattr(row, field.of), site=row.site_id)
            if wanted != getattr(row, field.attname):
                fresh[field.attname] = wanted
    if not fresh:
        return None
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**fresh)
    except IntegrityError as error:
        table = row._meta.db_table
        raise CannotSeal(f"Row {row.pk} of {table} has the same {', '.join(map(str, unique(row)))} as another: change one on its page.") from error
    return stood


def unique(row: Any) -> list[object]:
    """What is kept apart by an index, by its name on the page."""
    named = {name for constraint in row._meta.constraints if isinstance(constraint, UniqueConstraint) for name in constraint.fields}
    return [
        row._meta.get_field(field.of).verbose_name
        for field in row._meta.concrete_fields
        if isinstance(field, BlindIndexField) and field.name in named
    ]
