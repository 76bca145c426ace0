"""System checks of the database: `manage.py check --database default` fails when a guard is missing, or a cell's key."""

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


@register(Tags.database)
def cells_can_be_opened(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    from clinic.resealing import UNKNOWN, history, owns_tables, sealed_models, standing

    # Whoever owns nothing sees no rows before a site is named; the owner's `migrate` asks for them.
    if "default" not in (databases or ()) or not owns_tables():
        return []
    count = standing([*sealed_models(), *history()])[UNKNOWN]
    if not count:
        return []
    hint = "Put the key back into VIGIL_FIELD_KEYS; it may go when `manage.py rotate_fields --look` names it no more."
    return [Error(f"{count} cells are sealed by keys that VIGIL_FIELD_KEYS doesn't name.", hint=hint, id="clinic.E002")]
