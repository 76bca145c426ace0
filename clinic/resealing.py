"""Brings every sealed column to the newest key of VIGIL_FIELD_KEYS, batch by batch while people write; and says what stands by which key."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, Q

from clinic.cells import PLAIN, PREFIX, Stored, key_ids, key_of, newest, seal
from clinic.fields import BlindIndexField, SealedTextField

BATCH = 200
UNKNOWN = "unknown"


class CannotSeal(Exception):
    """Why the rotation doesn't begin or stops, in an operator's words."""


def sealed_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if columns(model)]


def columns(model: type[models.Model]) -> list[SealedTextField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]


def standing() -> Counter[str]:
    """How many cells stand by each key, in clear (`plain`), or by keys that aren't named here (`unknown`); empty cells don't count."""
    there, found = set(connection.introspection.table_names()), Counter[str]()
    for model in sealed_models():
        if model._meta.db_table in there:
            for field in columns(model):
                found += counted(model, field.name)
    return found


def counted(model: type[models.Model], name: str) -> Counter[str]:
    known = [key_id for key_id in key_ids() if key_id != PLAIN]
    by_key = {f"by_{number}": Count("pk", filter=Q(**{f"{name}__startswith": Stored(f"{PREFIX}{key_id}:")})) for number, key_id in enumerate(known)}
    is_sealed = Q(**{f"{name}__startswith": Stored(PREFIX)})
    told = model._base_manager.exclude(**{name: ""}).aggregate(everything=Count("pk"), sealed=Count("pk", filter=is_sealed), **by_key)
    found = Counter({key_id: told[f"by_{number}"] for number, key_id in enumerate(known)})
    found[UNKNOWN] = told["sealed"] - found.total()
    found[PLAIN] = told["everything"] - told["sealed"]
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


def seal_anew(told: Callable[[str, int], None]) -> int:
    """How many rows were changed. May be stopped and begun again: what has the newest key already is left as it is.

    Raises CannotSeal, and DoesNotOpen for a cell that was moved or whose key isn't named.
    """
    refuse_pages_login()
    done = 0
    for model in sealed_models():
        changed = 0
        for some in batches(model):
            changed += some
        told(model._meta.db_table, changed)
        done += changed
    return done


def batches(model: type[models.Model]) -> Iterator[int]:
    """Each in a transaction of its own, its rows locked: nobody's change is lost, and nobody waits long."""
    last = 0
    while True:
        with transaction.atomic():
            rows: list[Any] = list(model._base_manager.select_for_update().filter(pk__gt=last).order_by("pk")[:BATCH])
            changed = sum(sealed_anew(row) for row in rows)
        if not rows:
            return
        last = rows[-1].pk
        yield changed


def sealed_anew(row: Any) -> bool:
    """Whether anything of the row had to be changed."""
    fresh: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if isinstance(field, SealedTextField):
            stands = row.__dict__[field.attname]
            if stands and key_of(stands) != newest():
                fresh[field.attname] = seal(getattr(row, field.attname), field.place_in(row))
        elif isinstance(field, BlindIndexField):
            wanted = field.indexed(getattr(row, field.of), site=row.site_id)
            if wanted != getattr(row, field.attname):
                fresh[field.attname] = wanted
    if not fresh:
        return False
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**fresh)
    except IntegrityError as error:
        table = row._meta.db_table
        raise CannotSeal(f"Row {row.pk} of {table} has the same {', '.join(map(str, unique(row)))} as another: change one on its page.") from error
    return True


def unique(row: Any) -> list[object]:
    """What is kept apart by an index, by its name on the page."""
    return [row._meta.get_field(field.of).verbose_name for field in row._meta.concrete_fields if isinstance(field, BlindIndexField)]
