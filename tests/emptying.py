"""Empties the suite's database after a transactional test: the guards of history would refuse, so they are lifted for it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from clinic import guards

# What `migrate` writes there stands for the schema, and would be written again.
KEPT = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def history_may_be_emptied() -> Iterator[None]:
    emptied = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def emptied_with_guards_lifted(case: TransactionTestCase) -> None:
        if connection.vendor == "postgresql":
            empty_postgresql()
            return
        with guards.lifted():
            emptied(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied_with_guards_lifted)
        yield


def empty_postgresql() -> None:
    """As a replica, which fires no trigger and checks no key, the owner takes the rows of the few tables that have any."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.django_table_names(only_existing=True, include_views=False) if name not in KEPT]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables))
        full = [name for (name,) in cursor.fetchall()]
        deletions = "; ".join(f'DELETE FROM "{name}"' for name in full)
        if full:
            cursor.execute(f"SET session_replication_role = replica; {deletions}; SET session_replication_role = DEFAULT")
