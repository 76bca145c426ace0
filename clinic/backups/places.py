"""A database as a place: where it is, how a child process is told, and how its files or server are reached."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import environ
from django.conf import settings
from django.db import connection

from clinic.backups.failure import BackupFailed

# What of Django's OPTIONS the server's own programs understand too.
LIBPQ = {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name", "options", "target_session_attrs", "channel_binding"}


@dataclass(frozen=True)
class Place:
    engine: str
    name: str
    host: str = ""
    port: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "Place":
        """From a dictionary of Django's DATABASES."""
        if "sqlite" in found["ENGINE"]:
            return cls("sqlite", str(Path(found["NAME"]).absolute()))
        options = {name: str(value) for name, value in (found.get("OPTIONS") or {}).items() if name in LIBPQ}
        named = {name.lower(): str(found.get(name) or "") for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
        return cls("postgresql", **named, options=options)  # type: ignore[arg-type]

    @classmethod
    def of_url(cls, url: str) -> "Place":
        is_known = urlsplit(url).scheme in ("sqlite", "postgres", "postgresql")
        found = environ.Env.db_url_config(url) if is_known else {}
        if not found.get("NAME") or found["NAME"] == ":memory:":
            raise BackupFailed("Expected postgres://user:password@host:5432/name or sqlite:////absolute/file.")
        return cls.of(found)

    @classmethod
    def in_use(cls) -> "Place":
        """The installation's own database; by the role for backups where one is named."""
        if settings.VIGIL_BACKUP_DATABASE_URL:
            return cls.of_url(settings.VIGIL_BACKUP_DATABASE_URL)
        return cls.of(connection.settings_dict)

    def named(self, name: str) -> "Place":
        return replace(self, name=name)

    @property
    def path(self) -> Path:
        return Path(self.name)

    @property
    def url(self) -> str:
        if self.engine == "sqlite":
            return f"sqlite:///{quote(self.name)}"
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        where = f"{quote(self.host, safe='')}{f':{self.port}' if self.port else ''}"
        asked = f"?{urlencode(self.options)}" if self.options else ""
        return f"postgres://{who}{where}/{quote(self.name, safe='')}{asked}"

    @property
    def shown(self) -> str:
        """For people: without the password."""
        return self.name if self.engine == "sqlite" else f"{self.name} on {self.host or 'this machine'}"

    @property
    def parameters(self) -> dict[str, str]:
        """As libpq wants them."""
        known = {"dbname": self.name, "host": self.host, "port": self.port, "user": self.user, "password": self.password}
        return {name: value for name, value in {**self.options, **known}.items() if value}

    def environment(self) -> dict[str, str]:
        """For a `manage.py` of its own that works on this database alone."""
        return {**os.environ, "DATABASE_URL": self.url, "VIGIL_BACKUP_DATABASE_URL": ""}
