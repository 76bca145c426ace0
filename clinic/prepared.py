"""Queries of the busiest pages, whose SQL Django writes once a worker: writing it anew took half of such a page (ADR 14)."""

import copy
import hashlib
import inspect
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import update_wrapper
from itertools import count
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

P = ParamSpec("P")
R = TypeVar("R")
LARGEST = 2**63 - 1


class Given(models.Expression):
    """Stands for a value that each call brings."""

    kinds: dict[Any, "type[models.Field[Any, Any]]"] = {
        int: models.BigIntegerField, str: models.TextField, date: models.DateField, datetime: models.DateTimeField, UUID: models.UUIDField,
    }  # fmt: skip

    def __init__(self, name: str, kind: Any, shift: timedelta | None = None) -> None:
        super().__init__(output_field=self.kinds[kind]())
        self.name, self.kind, self.shift = name, kind, shift

    def __add__(self, other: Any) -> Any:
        """A length of time is added here, not in the database: as if the value had come so."""
        return type(self)(self.name, self.kind, (self.shift or timedelta(0)) + other) if isinstance(other, timedelta) else super().__add__(other)

    def __sub__(self, other: Any) -> Any:
        return self + -other if isinstance(other, timedelta) else super().__sub__(other)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return "%s", [self]

    def fits(self, value: Any) -> bool:
        """Whether the database can hold a value at all: a number from an address may be any length."""
        return not isinstance(value, int) or -LARGEST <= value <= LARGEST

    def column(self, connection: BaseDatabaseWrapper) -> str:
        """The server's name for what it is."""
        return str(self.output_field.db_type(connection))

    def adapted(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return self.output_field.get_db_prep_value(value if self.shift is None else value + self.shift, connection)


class GivenKeys(Given):
    """Stands for a list of numbers, in `field__in=`: one value whatever its length, so that the SQL stays the same."""

    kinds = {list[int]: models.BigIntegerField}

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        rows = "SELECT unnest(%s::bigint[])" if connection.vendor == "postgresql" else "SELECT value FROM json_each(%s)"
        return f"({rows})", [self]

    def column(self, connection: BaseDatabaseWrapper) -> str:
        return f"{super().column(connection)}[]"

    def adapted(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


class Written:
    """Stands in a queryset for its query, which is compiled already."""

    def __init__(self, compiler: SQLCompiler) -> None:
        self.compiler = compiler

    def get_compiler(self, using: str) -> SQLCompiler:
        return self.compiler


class Planned:
    """The same query as PostgreSQL keeps it for a connection: parsed and planned once, not at every call.

    What the builder wrote stands in it as it is, so that partial indexes are seen; what a call brings are its parameters.
    """

    known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()

    def __init__(self, sql: str, values: tuple[Any, ...], connection: BaseDatabaseWrapper) -> None:
        self.sql, self.values = sql, values
        kinds = [value.column(connection) for value in values if isinstance(value, Given)]
        own = [value for value in values if not isinstance(value, Given)]
        name = "vigil_" + hashlib.sha256(repr((sql, kinds, own)).encode()).hexdigest()[:20]
        self.prepare = f"PREPARE {name} {listed(kinds)}AS "
        self.execute = f"EXECUTE {name} {listed(['%s'] * len(kinds))}"

    def call(self, connection: BaseDatabaseWrapper) -> str:
        """The statement that asks it, with a place for each value; its connection has learned it by then."""
        connection.ensure_connection()
        learned = self.known.setdefault(connection.connection, set())
        if self.execute not in learned:
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                cursor.execute(self.prepare + self.written(cursor))
            learned.add(self.execute)
        return self.execute

    def written(self, cursor: Any) -> str:
        """The query with `$1`, `$2`… where a call's values go."""
        waiting, numbers = iter(self.values), count(1)

        def filled(found: "re.Match[str]") -> str:
            if found[0] == "%%":
                return "%"
            value = next(waiting)
            return f"${next(numbers)}" if isinstance(value, Given) else str(cursor.mogrify("%s", [value]))

        return re.sub("%%|%s", filled, self.sql)


def listed(words: list[str]) -> str:
    """In brackets; nothing for none."""
    return f"({', '.join(words)}) " if words else ""


class Prepared(Generic[P, R]):
    """Calls like the function that builds the queryset, and gives its rows as a list.

    The function is asked once, with placeholders: it may put its parameters into filters and move a moment by a length of time,
    never look at them. None is no value, and a queryset with `prefetch_related` is none for here.
    """

    def __init__(self, build: Callable[P, "models.QuerySet[Any, R]"]) -> None:
        self.build = build
        self.signature = inspect.signature(build)
        self.names = tuple(self.signature.parameters)
        update_wrapper(self, build)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        return list(self.rows(*args, **kwargs))

    def first(self, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """The first row; the query itself should ask for one."""
        return next(iter(self.rows(*args, **kwargs)), None)

    def rows(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        if "queryset" not in self.__dict__:
            self.write()
        given = {**dict(zip(self.names, args, strict=False)), **kwargs}
        connection = connections[DEFAULT_DB_ALIAS]
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A query that locks stands in a transaction.")
        values = []
        for value in self.values:
            if isinstance(value, Given):
                own = given[value.name]
                if own is None:
                    raise ValueError(f"{self.build.__name__}: {value.name} is None, which no row equals")
                if not value.fits(own):
                    return iter(())
                value = value.adapted(own, connection)
            elif self.planned is not None:
                continue
            values.append(value)
        return self.found(tuple(values), connection)

    def write(self) -> None:
        """Compile once; what a thread needs of its own is put in at each call."""
        kinds = {name: parameter.annotation for name, parameter in self.signature.parameters.items()}
        placeholders: Any = [GivenKeys(name, kind) if kind == list[int] else Given(name, kind) for name, kind in kinds.items()]
        build: Any = self.build
        queryset = build(*placeholders)
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.values = self.compiler.as_sql()
        self.locks = queryset.query.select_for_update
        connection = connections[DEFAULT_DB_ALIAS]
        self.planned = Planned(self.sql, self.values, connection) if connection.vendor == "postgresql" else None
        self.converters = self.compiler.get_converters([column for column, *_ in self.compiler.select])
        self.queryset = queryset

    def found(self, values: tuple[Any, ...], connection: BaseDatabaseWrapper) -> Iterator[R]:
        sql = self.sql if self.planned is None else self.planned.call(connection)
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **kwargs: (sql, values)
        if self.planned is not None:  # SQLite's hold on to the connection that wrote them
            compiler.get_converters = lambda fields: self.converters
        # Not a copy of the queryset: copying one reads its rows.
        asked: Any = models.QuerySet(self.queryset.model, query=Written(compiler), using=DEFAULT_DB_ALIAS)  # type: ignore[arg-type]
        asked._fields = self.queryset._fields
        return iter(self.queryset._iterable_class(asked))


def prepared(build: Callable[P, "models.QuerySet[Any, R]"]) -> Prepared[P, R]:
    """Decorates a function from plain values (numbers, texts, days, moments, keys, lists of numbers) to a queryset."""
    return Prepared(build)
