"""Triggers that keep what happened: append-only tables, and no link across sites. Installed after every migrate."""

from typing import Any


def install_guards(sender: Any = None, **kwargs: Any) -> None:
    """(Re)install every guard; idempotent."""


checks: list[Any] = []
