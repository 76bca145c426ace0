"""The raw rows of the database at one moment, read by plain SQL: what the oracle looks at instead of our models and queries."""

from __future__ import annotations

import json
import re
from collections import namedtuple
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from clinic.facts import Fact

WHOLE = ("treatment_sessions",)
BESIDE = (
    "clinic.AuditEntry", "clinic.Chair", "clinic.Closure", "clinic.DutyPeriod", "clinic.DutyCorrection", "clinic.EquipmentCheck", "clinic.Membership",
    "clinic.Notice", "clinic.Signature", "clinic.SitePolicy", "patients.Assessment", "patients.Authorisation", "patients.Consent", "patients.Contact",
    "patients.Course", "patients.Enrolment", "patients.Medicine", "patients.Order", "patients.RiskAnswer", "patients.Screening",
    "patients.StandingParameters", "patients.TransferOut",
)  # fmt: skip


@cache
def models() -> dict[str, Any]:
    """Model by its word: all of the sessions room, so that a new one is watched without anybody thinking of it, and what it rests on."""
    of_room = [model for label in WHOLE for model in apps.get_app_config(label).get_models()]
    return {model._meta.model_name: model for model in (*of_room, *(apps.get_model(label) for label in BESIDE))}


def facts() -> list[str]:
    """Words of the facts: added, never changed."""
    return [word for word, model in models().items() if issubclass(model, Fact)]


def kept() -> list[str]:
    """Words of every table whose rows may only be added."""
    return [word for word, model in models().items() if getattr(model, "is_append_only", False)]


@cache
def row_type(word: str, columns: tuple[str, ...]) -> Any:
    return namedtuple(word, columns)


def moment(value: Any) -> datetime:
    """A stored time, aware whatever the engine."""
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def loaded(value: Any) -> Any:
    """A stored JSON value."""
    return json.loads(value) if isinstance(value, str) else value


WRITES = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"(\w+)"')
READS = re.compile(r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK TO)\b")


class Written:
    """Hears every statement, and remembers which tables were written to: only those are read again. All of them, where it isn't sure."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.is_sure = True

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if named := WRITES.match(sql):
            self.tables.add(named[1])
        elif not READS.match(sql):
            self.is_sure = False
        return execute(sql, params, many, context)


class Snapshot:
    """Every row of every watched table, by word and key; those of a table that nobody wrote to since are those of `before`."""

    def __init__(self, before: Snapshot | None = None, written: Written | None = None) -> None:
        self.tables: dict[str, dict[int, Any]] = {}
        is_same = before is not None and written is not None and written.is_sure
        with connection.cursor() as cursor:
            for word, model in models().items():
                if is_same and model._meta.db_table not in written.tables:  # type: ignore[union-attr]
                    self.tables[word] = before.tables[word]  # type: ignore[union-attr]
                    continue
                cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")
                columns = tuple(column[0] for column in cursor.description)
                made, at = row_type(word, columns), columns.index(model._meta.pk.column)
                self.tables[word] = {row[at]: made._make(row) for row in cursor.fetchall()}

    def rows(self, word: str) -> list[Any]:
        return list(self.tables.get(word, {}).values())

    def of(self, word: str, session_pk: int) -> list[Any]:
        """The rows of one session."""
        return [row for row in self.rows(word) if row.session_id == session_pk]

    def standing(self, word: str, session_pk: int) -> list[Any]:
        """The facts of one session that nothing has taken the place of, in order of time."""
        gone = {row.supersedes_id for row in self.rows(word)}
        found = [row for row in self.of(word, session_pk) if row.id not in gone and not row.is_withdrawn]
        return sorted(found, key=lambda row: (moment(row.observed_at), row.id))

    def session(self, pk: int) -> Any:
        return self.tables["treatmentsession"][pk]
