"""Commands that read every site's rows: by a login that sees none before a site is named they say so, rather than fail in PostgreSQL's words."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

# A login whose rows are kept apart, in any table of a site; the owner's are not, nor those of one above row-level security.
KEPT_APART = (
    "SELECT COALESCE(bool_or(row_security_active(oid)), false) FROM pg_class WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace"
)


def rows_are_kept_apart() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(KEPT_APART)
        return bool(cursor.fetchone()[0])


class EverySiteCommand(BaseCommand):
    def execute(self, *args: Any, **options: Any) -> str | None:
        if rows_are_kept_apart():
            raise CommandError(
                "This login sees rows only where sites are named, as pages do, and this command reads every site's."
                " Run it as the tables' owner, with the DATABASE_URL that `migrate` has (docs/operating.md, Two logins)."
            )
        return super().execute(*args, **options)
