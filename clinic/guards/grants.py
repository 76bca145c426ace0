"""The role of pages and tasks on PostgreSQL: it owns nothing, and of history it may only read and add."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ProgrammingError

from clinic.guards.plan import plan
from clinic.scope import LOGIN, ROLE

# Two migrations at once, of two databases of one server, may both find it missing.
MADE = "DO $$ BEGIN {}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
# What others keep in the same schema (an extension's views) is not ours to grant.
OWN_TABLES = """SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
AND pg_has_role(relowner, 'USAGE') ORDER BY relname"""
MIGRATIONS = "django_migrations"
# Locked while a verb decides about them, which PostgreSQL allows to whoever may update a column at all; the trigger refuses any update.
LOCKED = {"patients_emergencyread", "reminders_undeliverable"}
HINT = (
    f"As a superuser of PostgreSQL, once: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO <the owner of Vigil's tables> WITH ADMIN OPTION; then"
    " `manage.py migrate` again. Until then: VIGIL_ROW_SECURITY=no, and the application alone keeps sites apart (docs/operating.md, Two logins)."
)


def grant(using: str = "default") -> None:
    """Idempotent, as the tables' owner; refused in plain words to one who may make no role. What a table newer than this program is granted waits
    for that program's `migrate`.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    try:
        granted(connection, using)
    except ProgrammingError as refused:
        if settings.VIGIL_ROW_SECURITY:
            raise CommandError(
                f"The tables are migrated, but this login may not make or grant the role {ROLE}, by which pages see rows. {HINT}"
            ) from refused


def granted(connection: BaseDatabaseWrapper, using: str) -> None:
    with transaction.atomic(using=using), connection.cursor() as cursor:
        make_role(cursor)
        make_login(cursor)
        cursor.execute("SELECT current_schema()")
        cursor.execute(f"GRANT USAGE ON SCHEMA {connection.ops.quote_name(cursor.fetchone()[0])} TO {ROLE}")
        cursor.execute(OWN_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(map(connection.ops.quote_name, tables))} TO {ROLE}")
        for kept in plan().append_only:
            cursor.execute(f'REVOKE UPDATE, DELETE ON "{kept.table}" FROM {ROLE}')
            if kept.table in LOCKED:
                cursor.execute(f'GRANT UPDATE (id) ON "{kept.table}" TO {ROLE}')
        if MIGRATIONS in tables:
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {MIGRATIONS} FROM {ROLE}")


def make_role(cursor: Any) -> None:
    """And the owner may take it on: where one login does everything, each transaction of a page does."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
    if cursor.fetchone() is None:
        cursor.execute(MADE.format(f"CREATE ROLE {ROLE} NOLOGIN NOINHERIT"))
    # Since 16 whoever makes a role is its member without yet being able to take it on.
    cursor.execute("SELECT pg_has_role(current_user, %s, %s)", [ROLE, "SET" if cursor.connection.info.server_version >= 160000 else "MEMBER"])
    if not cursor.fetchone()[0]:
        cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")


def make_login(cursor: Any) -> None:
    """Of web, worker and beat, where `migrate` is told its password: what the role may and nothing else. The server sees a digest of it."""
    password = settings.VIGIL_PAGES_PASSWORD
    if not password:
        return
    cursor.execute(MADE.format(f"CREATE ROLE {LOGIN}"))
    digest = cursor.connection.pgconn.encrypt_password(password.encode(), LOGIN.encode(), b"scram-sha-256").decode()
    cursor.execute(f"ALTER ROLE {LOGIN} LOGIN INHERIT {taken_away(cursor)} PASSWORD %s", [digest])
    cursor.execute(f"GRANT {ROLE} TO {LOGIN}")


def taken_away(cursor: Any) -> str:
    """What the login may and shouldn't. An attribute that it hasn't isn't named: whoever may make roles and no more may not name it at all."""
    names = ("SUPERUSER", "CREATEDB", "CREATEROLE", "BYPASSRLS")
    cursor.execute("SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = %s", [LOGIN])
    return " ".join(f"NO{name}" for name, may in zip(names, cursor.fetchone(), strict=True) if may)
