"""The system check of the guards: `manage.py check --database default` fails when one is missing."""

from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_before_migrate = False


@register(Tags.database)
def guards_stand(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    from clinic.guards.keeper import missing

    if _before_migrate:
        return []
    return [
        Error(
            f"The guard {guard.name} of {guard.table or 'the database'} is missing.",
            hint="Run `manage.py migrate`: it puts every guard back.",
            id="clinic.E001",
        )
        for alias in databases or ()
        for guard in missing(connections[alias])
    ]


@contextmanager
def not_asked_before_migrate():  # type: ignore[no-untyped-def]
    """`migrate` checks the database first; missing guards must not stop the very command that puts them back."""
    global _before_migrate
    _before_migrate = True
    try:
        yield
    finally:
        _before_migrate = False
