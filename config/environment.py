"""Reads one setting from the environment, or says loudly which variable is wrong and what it expects."""

import os
import re
from base64 import b64decode
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

MODES = ("production", "demonstration", "test")
YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")
KEY_ID = re.compile(r"[a-z0-9-]{1,16}")


class BadSetting(ImproperlyConfigured):
    """A variable of the environment is missing or unusable; the text names it and what is expected."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def required(name: str, expected: str, *, unless: str | None = None) -> str:
    """The value, or `unless` where this mode may do without; otherwise refuses to start."""
    value = text(name) or unless
    if not value:
        raise BadSetting(name, f"is not set. Expected: {expected}")
    return value


def flag(name: str, default: bool) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value not in YES + NO:
        raise BadSetting(name, f"is {value!r}. Expected: yes or no")
    return value in YES


def whole(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise BadSetting(name, f"is {value!r}. Expected: a whole number from {least} to {most}")
    return int(value)


def one_of(name: str, choices: tuple[str, ...], default: str) -> str:
    value = text(name, default)
    if value not in choices:
        raise BadSetting(name, f"is {value!r}. Expected: one of {', '.join(choices)}")
    return value


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).absolute()


def words(name: str) -> list[str]:
    """A comma-separated list without its empty parts."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def ring(name: str) -> list[tuple[str, bytes]]:
    """Keys of 32 bytes, each after its id; the id `plain` stands for none."""
    expected = "Expected: id:key with commas between, the newest first; ids of a-z, 0-9 and -, keys from `openssl rand -base64 32`; `plain` alone seals nothing"
    found: dict[str, bytes] = {}
    for number, part in enumerate(words(name), 1):
        key_id, _, written = part.partition(":")
        try:
            key = b64decode(written, validate=True)
        except ValueError:
            key = b"?"
        is_plain = part == "plain"
        if not KEY_ID.fullmatch(key_id) or key_id in found or (len(key) != 32 or key_id == "plain") != is_plain or key in found.values():
            raise BadSetting(name, f"its {number}. part can't be used. {expected}")
        found[key_id] = key
    return list(found.items())


def networks(name: str, default: str) -> list[str]:
    """Addresses and networks with commas between, like `10.0.0.0/8,::1`."""
    found = words(name) or default.split(",")
    for part in found:
        try:
            ip_network(part)
        except ValueError as error:
            raise BadSetting(name, f"has {part!r}. Expected: addresses or networks with commas between, like 10.1.0.0/16,::1") from error
    return found


def token(name: str) -> str:
    """A secret that may be absent, but not guessable."""
    value = text(name)
    if value and (len(value) < 24 or len(set(value)) < 8):
        raise BadSetting(name, "is too weak. Expected: at least 24 random characters, for example from `openssl rand -hex 24`")
    return value


def places(name: str, default: str) -> list[str]:
    """Where something is sent to: files, mail addresses and pages, with commas between."""
    found = words(name) or ([default] if default else [])
    for place in found:
        parts = urlsplit(place)
        if not (
            (parts.scheme == "file" and parts.path)
            or (parts.scheme == "mailto" and "@" in parts.path)
            or (parts.scheme == "https" and parts.hostname)
        ):
            raise BadSetting(name, f"is {place!r}. Expected: file:///folder/anchors.txt, mailto:person@example.org or https://…, with commas between")
    return found


def origin(name: str, value: str, *, schemes: tuple[str, ...]) -> str:
    """`https://host[:port]`, without a path."""
    expected = f"is {value!r}. Expected: an address like {schemes[0]}://vigil.example, without a path"
    try:
        parts = urlsplit(value)
        is_sound = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadSetting(name, expected)
    return value.rstrip("/")


def broker(name: str, value: str) -> str:
    if urlsplit(value).scheme not in ("redis", "rediss"):
        raise BadSetting(name, "Expected: redis://[:password@]host:port/0 (or rediss://)")
    return value


def secret_key(name: str, *, unless: str | None) -> str:
    key = required(name, "a secret of at least 50 characters, for example from `openssl rand -base64 48`", unless=unless)
    if unless is None and (len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-")):
        raise BadSetting(name, "is too weak. Expected: at least 50 random characters")
    return key


def database(name: str, sqlite_file: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    """PostgreSQL or SQLite from a URL; SQLite in the data folder without one."""
    value = text(name)
    expected = "Expected: postgres://user:password@host:5432/name or sqlite:////absolute/file"
    scheme = urlsplit(value).scheme if value else "sqlite"
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise BadSetting(name, f"has the scheme {scheme!r}. {expected}")
    found = dict(environ.Env.db_url_config(value)) if value else {"ENGINE": "django.db.backends.sqlite3", "NAME": str(sqlite_file)}
    if not found.get("NAME") or found["NAME"] == ":memory:":
        raise BadSetting(name, f"names no database (one in memory can't be shared by web and worker). {expected}")
    found["CONN_MAX_AGE"] = 600
    found["CONN_HEALTH_CHECKS"] = scheme != "sqlite"
    if scheme == "sqlite":
        found["OPTIONS"] = dict(options)
    else:
        found["ENGINE"] = "clinic.scoped"
    return found
