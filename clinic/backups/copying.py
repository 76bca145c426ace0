"""Copies a whole database into an empty one of the other engine: ids kept, in one transaction, compared row by row, counters set on."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, models, transaction

from clinic import guards
from clinic.fields import as_stored

BATCH = 500
WHOLE = 2**256
SOURCE, TARGET = "default", "copy_target"


@dataclass(frozen=True)
class Copied:
    table: str
    rows: int
    sum: int


def tables() -> list[type[models.Model]]:
    """Every table of ours and of the libraries, those between two models too. The cache of throttles holds nothing worth keeping."""
    own = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]
    return sorted(own, key=lambda model: model._meta.db_table)


def columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def batches(model: type[models.Model], using: str) -> Iterator[list[models.Model]]:
    rows = iter(model._base_manager.using(using).order_by("pk").iterator(chunk_size=BATCH))
    while some := list(islice(rows, BATCH)):
        yield some


def copy_all(told: Callable[[Copied], None]) -> list[Copied]:
    """All or nothing: what fails leaves the target as empty as it was. The source is held still meanwhile, and no cell is opened on the way."""
    target = connections[TARGET]
    guards.take_down(target)
    try:
        with as_stored(), source_held(), transaction.atomic(using=TARGET):
            # What `migrate` itself put there (permissions, content types) comes from the source like everything else.
            empty(target)
            done = [copied(model, told) for model in tables()]
            target.check_constraints()
            set_counters(target)
    finally:
        guards.install(TARGET)
    return done


def source_held():  # type: ignore[no-untyped-def]
    """On SQLite our transactions take the writer's place at once; on PostgreSQL the snapshot is one moment's."""
    held = transaction.atomic(using=SOURCE, durable=True)
    if connections[SOURCE].vendor != "postgresql":
        return held
    return Snapshot(held)


class Snapshot:
    def __init__(self, held: Any) -> None:
        self.held = held

    def __enter__(self) -> None:
        self.held.__enter__()
        with connections[SOURCE].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def __exit__(self, *failure: Any) -> None:
        self.held.__exit__(*failure)


def empty(target: Any) -> None:
    with target.cursor() as cursor:
        for model in tables():
            cursor.execute(f"DELETE FROM {target.ops.quote_name(model._meta.db_table)}")  # noqa: S608  a model's name


def copied(model: type[models.Model], told: Callable[[Copied], None]) -> Copied:
    fields, total, rows = columns(model), 0, 0
    for some in batches(model, SOURCE):
        size = connections[TARGET].ops.bulk_batch_size(fields, some)
        # Raw: no field fills itself in, what was stored is stored.
        for start in range(0, len(some), size):
            model._base_manager.using(TARGET)._insert(some[start : start + size], fields=fields, using=TARGET, raw=True)  # type: ignore[attr-defined]
        total = added(total, some, fields)
        rows += len(some)
    done = Copied(model._meta.db_table, rows, total)
    told(done)
    return done


def added(total: int, rows: list[models.Model], fields: list[Any]) -> int:
    """The sum of the rows' SHA-256: the engines sort text by rules of their own, and a sum asks for no order."""
    for row in rows:
        text = json.dumps([plain(getattr(row, field.attname)) for field in fields], sort_keys=True)
        total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    return total % WHOLE


def plain(value: Any) -> Any:
    """The same text for the same value, whichever engine it was read from."""
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value if isinstance(value, bool | int | float | str | dict | list | type(None)) else str(value)


def differing(done: list[Copied]) -> list[str]:
    """Tables that read differently in the target than they did in the source."""
    found = []
    for one, model in zip(done, tables(), strict=True):
        total, rows = 0, 0
        for some in batches(model, TARGET):
            with as_stored():
                total = added(total, some, columns(model))
            rows += len(some)
        if rows != one.rows:
            found.append(f"{one.table}: {rows} rows instead of {one.rows}")
        elif total != one.sum:
            found.append(f"{one.table}: other contents")
    return found


def set_counters(target: Any) -> None:
    """The next row's number goes on where the source's would: a number that the trail names is never given twice."""
    counted = {model: last_number(connections[SOURCE], model) for model in tables() if isinstance(model._meta.pk, models.AutoField)}
    with target.cursor() as cursor:
        if target.vendor == "postgresql":
            for statement in target.ops.sequence_reset_sql(no_style(), list(counted)):
                cursor.execute(statement)
        for model, number in counted.items():
            if number:
                move_on(cursor, target, model, number)


def last_number(source: Any, model: type[models.Model]) -> int:
    """The highest number ever given in a table of the source."""
    table, pk = model._meta.db_table, str(model._meta.pk.column)
    with source.cursor() as cursor:
        if source.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute(
                "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema() AND format('%%I.%%I', schemaname, sequencename)::regclass = pg_get_serial_sequence(%s, %s)::regclass",
                [f'"{table}"', pk],
            )
        found = cursor.fetchone()
    return int(found[0] or 0) if found else 0


def move_on(cursor: Any, target: Any, model: type[models.Model], number: int) -> None:
    table, pk = model._meta.db_table, str(model._meta.pk.column)
    if target.vendor == "postgresql":
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', pk, number])
        return
    cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [number, table])
    if not cursor.rowcount:
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
