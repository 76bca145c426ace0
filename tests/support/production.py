"""Production's environment as an operator sets it, and the settings that come of it."""

import os
import runpy
from collections.abc import Callable
from typing import Any

import pytest

from scripts.launcher.services import ROOT

PRODUCTION = {
    "VIGIL_MODE": "production",
    "VIGIL_SECRET_KEY": "k3y-" + "".join(chr(97 + (i * 7) % 26) for i in range(60)),
    "VIGIL_ALLOWED_HOSTS": "vigil.example",
    "VIGIL_ORIGIN": "https://vigil.example",
    "VIGIL_SMTP_HOST": "mail.example",
    "VIGIL_MAIL_FROM": "clinic@vigil.example",
    "REDIS_URL": "redis://:secret@broker.example:6379/0",
    "DATABASE_URL": "postgres://vigil:secret@db.example:5432/vigil",
}
OURS = ("VIGIL_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
Changes = dict[str, str | None]


def environment_with(changes: Changes) -> dict[str, str]:
    """Production's environment with these changes; None takes a variable away."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    wanted = {**PRODUCTION, **changes}
    return {**kept, **{name: value for name, value in wanted.items() if value is not None}}


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """What the settings file comes to in production with these changes."""

    def read(**changes: str | None) -> dict[str, Any]:
        wanted = environment_with(changes)
        for name in [name for name in os.environ if name.startswith(OURS)]:
            monkeypatch.delenv(name)
        for name, value in wanted.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "config" / "settings.py"))

    return read
