"""The engine: a cursor that puts the scope in front of what it sends, without a round trip of its own."""

from datetime import UTC
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError
from django.db.backends.postgresql import base
from psycopg import adapters, errors
from psycopg.adapt import AdaptersMap, Loader
from psycopg.pq import Format, TransactionStatus

from clinic import scope

UNTOUCHED = object()
UNKNOWN = object()
# Django's, of psycopg's; the stubs know neither.
PlainCursor: Any = base.Cursor  # type: ignore[attr-defined]
# Sent as they are: they stand in failed transactions too.
OF_SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
# By these PostgreSQL says that the logins aren't set up; a note beneath the fault says what to do.
NOT_SET_UP = errors.UndefinedObject, errors.InvalidParameterValue, errors.InsufficientPrivilege
NAMELESS = "This login sees rows only where sites are named, as pages do. Run commands as the tables' owner (docs/operating.md, Two logins)."
ROLELESS = f"This login may not take on the role {scope.ROLE}: run `manage.py migrate` as the tables' owner (docs/operating.md, Two logins)."
NOBODY = "SET LOCAL ROLE NONE", f"SET LOCAL {scope.PERSON} = ''", f"SET LOCAL {scope.SITES} = ''"


def wanted_scope() -> scope.Scope | None:
    return scope.current() if settings.VIGIL_ROW_SECURITY else None


class ScopedCursor(PlainCursor):  # type: ignore[misc]
    """What stands in the transaction is remembered on the connection; where it isn't what is wanted, the statements of it go first."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        try:
            return self.sent(query, params, **options)
        except NOT_SET_UP as refused:
            told = str(refused)
            if f'"{scope.SITES}"' in told or f'role "{scope.ROLE}"' in told:
                refused.add_note(NAMELESS if scope.SITES in told else ROLELESS)
            raise

    def sent(self, query: Any, params: Any, **options: Any) -> Any:
        line, wanted = self.connection, wanted_scope()
        status = line.info.transaction_status
        if status == TransactionStatus.IDLE:
            line.vigil_scope = UNTOUCHED
        stands = getattr(line, "vigil_scope", UNTOUCHED)
        if isinstance(query, str) and query.startswith(OF_SAVEPOINTS):
            if stands is not UNTOUCHED and query.startswith("ROLLBACK"):
                line.vigil_scope = UNKNOWN  # what was set since the savepoint is gone with it
            return super().execute(query, params, **options)
        if status == TransactionStatus.INERROR or stands == wanted or (stands is UNTOUCHED and wanted is None):
            return super().execute(query, params, **options)
        before = NOBODY if wanted is None else wanted.statements
        line.vigil_scope = UNKNOWN
        super().execute(f"{'; '.join(before)}; {self.mogrify(query, params)}", **options)
        for _ in before:
            self.nextset()
        line.vigil_scope = wanted
        return self

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> Any:
        if wanted_scope() is not None:
            raise NotSupportedError("Under a scope each statement is sent by execute, which names the sites first.")
        return super().executemany(query, params_seq, **options)


@cache
def with_fast_moments(known: AdaptersMap) -> AdaptersMap:
    """psycopg's own reader in C, which takes a connection's zone: Django's, in Python, took a twentieth of a page of 250 moments."""
    quick = AdaptersMap(known)
    quick.register_loader("timestamptz", cast("type[Loader]", adapters.get_loader(adapters.types["timestamptz"].oid, Format.TEXT)))
    return quick


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if self.timezone != UTC:
            raise ImproperlyConfigured("The database speaks UTC alone.")
        return {**params, "cursor_factory": ScopedCursor, "context": with_fast_moments(params["context"])}

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, which would look for the zone in its own reader of moments.

        A cursor of the server's outlives its statement, and its scope with it: under a scope rows come at once.
        """
        if name and self.connection.info.transaction_status == TransactionStatus.IDLE:
            self.connection.vigil_scope = UNTOUCHED
        if name is None or wanted_scope() is not None:
            return self.connection.cursor()
        kept: Any = base.ServerSideCursor  # type: ignore[attr-defined]
        return kept(self.connection, name=name, scrollable=False, withhold=self.connection.autocommit)
