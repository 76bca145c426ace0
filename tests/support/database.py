"""A database of a live stack's own, migrated once and copied; while it is used, this process's ORM speaks to it too."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings
from django.db import connection

from clinic.scope import LOGIN
from scripts.launcher.services import ROOT
from tests.support.once import once

# Each process of the suite has databases of its own, all of them copies of one.
OWN = os.environ.get("PYTEST_XDIST_WORKER", "")
PASSWORD = "of-the-suite-alone"
TEMPLATE = "vigil_template"


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def url_of(name: str) -> str:
    if not is_postgres():
        return f"sqlite:///{quote(name)}"
    found = connection.settings_dict
    return f"postgres://{quote(found['USER'])}:{quote(found['PASSWORD'])}@{found['HOST']}:{found['PORT']}/{name}"


def url_of_pages(url: str) -> str:
    """The same database by the login of web, worker and beat, who own nothing; `migrate` has made it."""
    if not settings.VIGIL_ROW_SECURITY:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=f"{LOGIN}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}").geturl() if parts.scheme.startswith("postgres") else url


def administer(statement: str) -> None:
    """One statement outside of a transaction, on the server's own database."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as line:
        line.execute(statement)  # type: ignore[call-overload]


def make_template(folder: Path) -> str:
    """The name of a migrated, empty database; made by the first process that asks, and left alone by all."""
    name = TEMPLATE if is_postgres() else str(folder / "template.sqlite3")

    def make() -> None:
        if is_postgres():
            administer(f"DROP DATABASE IF EXISTS {TEMPLATE}")
            administer(f"CREATE DATABASE {TEMPLATE}")
        migrate(url_of(name))

    once(folder, f"template-{connection.vendor}", make)
    return name


class Databases:
    """Makes copies of one migrated database: `folder` is this process's, `shared` that of all."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self.folder = folder
        self.shared = shared
        self.count = 0

    def fresh(self, source: str = "", name: str = "") -> str:
        """A new copy of the migrated database, or of `source`, which nobody may be using; under a name of its own unless one is given."""
        source = source or make_template(self.shared)
        self.count += 1
        if is_postgres():
            name = name or f"vigil_stack{OWN}_{self.count}"
            administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            administer(f"CREATE DATABASE {name} TEMPLATE {source}")
            return name
        name = name or str(self.folder / f"stack-{self.count}.sqlite3")
        shutil.copyfile(source, name)
        return name

    def drop(self, name: str) -> None:
        if is_postgres():
            administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            return
        for path in self.folder.glob(f"{Path(name).name}*"):
            path.unlink(missing_ok=True)


def migrate(url: str) -> None:
    environment = {**os.environ, "VIGIL_MODE": "test", "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment["VIGIL_PAGES_PASSWORD"] = PASSWORD
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    if not is_postgres():
        fold_wal(url)


def fold_wal(url: str) -> None:
    """A copy takes the one file: what the write-ahead log still holds goes into it first."""
    import sqlite3
    from urllib.parse import unquote

    line = sqlite3.connect(unquote(url.removeprefix("sqlite:///")))
    line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    line.close()


@contextmanager
def this_process_uses(name: str) -> Iterator[None]:
    """The ORM of the tests reads and writes that database, each statement at once, as another process would."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        settings.DATABASES["default"]["NAME"] = before
