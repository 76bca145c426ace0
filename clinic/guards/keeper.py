"""Puts the guards in place, says which are missing, and takes them away where that is allowed."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.guards import grants, postgresql, sqlite
from clinic.guards.plan import Guard, plan

ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def wanted(connection: BaseDatabaseWrapper) -> list[Guard]:
    guards: list[Guard] = ENGINES[connection.vendor].guards(plan())
    return guards


def missing(connection: BaseDatabaseWrapper) -> list[Guard]:
    """The guards that ought to stand in this database and don't; tables and columns of migrations yet to come don't count."""
    engine = ENGINES[connection.vendor]
    in_place = engine.installed(connection)
    absent = [guard for guard in wanted(connection) if guard.name not in in_place]
    if not absent:
        return []
    columns = engine.columns(connection)
    known = columns | {(table, "") for table, _ in columns}
    return [guard for guard in absent if guard.columns <= known]


def install(using: str = "default") -> int:
    """Make the missing guards and drop the outdated ones; idempotent. Returns how many were made."""
    connection = connections[using]
    if connection.vendor not in ENGINES:
        raise RuntimeError(f"Vigil's guards are written for SQLite and PostgreSQL, not for {connection.vendor}.")
    names = {guard.name for guard in wanted(connection)}
    with transaction.atomic(using=using), connection.cursor() as cursor:
        outdated = [drop for name, drop in ENGINES[connection.vendor].installed(connection).items() if name not in names]
        for drop in outdated:
            cursor.execute(drop)
        absent = missing(connection)
        for guard in absent:
            cursor.execute(guard.drop)
            cursor.execute(guard.create)
    return len(absent)


def install_guards(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After every migrate, once: when the last app has been told."""
    with_models = [config for config in apps.get_app_configs() if config.models_module is not None]
    if sender == with_models[-1]:
        install(using)
        grants.grant(using)


def set_aside_guards(sender: AppConfig, using: str = "default", plan: Any = (), **_: Any) -> None:
    """Before a migrate that has work to do, on SQLite: it changes a table by rebuilding it, which fails while triggers of others read it."""
    if plan and connections[using].vendor == "sqlite":
        take_down(connections[using])


def take_down(connection: BaseDatabaseWrapper) -> None:
    """Drop every guard; the next `install` puts them back."""
    with connection.cursor() as cursor:
        for drop in ENGINES[connection.vendor].installed(connection).values():
            cursor.execute(drop)


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """For the suite alone: history may be emptied between transactional tests, and forged to see that a forgery is found."""
    if not settings.IS_TEST:
        raise RuntimeError("The guards of the record can only be lifted by the test suite.")
    connection = connections[using]
    kept = [guard for guard in wanted(connection) if guard.keeps_history]
    settle(connection)
    with connection.cursor() as cursor:
        for guard in kept:
            cursor.execute(guard.drop)
    try:
        yield
    finally:
        settle(connection)
        install(using)


def settle(connection: BaseDatabaseWrapper) -> None:
    """PostgreSQL drops no trigger of a table whose deferred checks are still to come."""
    if connection.vendor == "postgresql" and connection.in_atomic_block and not connection.needs_rollback:
        connection.check_constraints()
