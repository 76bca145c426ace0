"""PostgreSQL: saved by pg_dump in one snapshot, returned by pg_restore into a database of its own that then takes the name."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, Any

from clinic.backups.failure import BackupFailed, told_by
from clinic.backups.manifest import Contents, newest
from clinic.backups.places import Place
from clinic.backups.sealing import Reader, unseal

SUFFIX = "pgdump"
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname"


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupFailed(f"{name} is missing. Install PostgreSQL's client programs (Debian: postgresql-client), not older than the server.")
    return found


def connected(place: Place, **options: Any) -> Any:
    import psycopg

    try:
        return psycopg.connect(**place.parameters, **options)  # type: ignore[arg-type]
    except psycopg.OperationalError as bad:
        raise BackupFailed(f"{place.shown} can't be reached.") from bad


def started(command: list[str], place: Place, *, said: IO[bytes], **pipes: Any) -> subprocess.Popen[bytes]:
    """The password goes by the environment: arguments are everybody's to read."""
    from psycopg.conninfo import make_conninfo

    public = {name: value for name, value in place.parameters.items() if name != "password"}
    environment = {**os.environ, **({"PGPASSWORD": place.password} if place.password else {})}
    return subprocess.Popen(
        [program(command[0]), *command[1:], "--no-password", "--dbname", make_conninfo("", **public)], env=environment, stderr=said, **pipes
    )


@contextmanager
def dumped(place: Place) -> Iterator[tuple[Reader, Contents]]:
    """pg_dump's stream, and what the snapshot that it reads holds: both see the same moment. Nothing touches a disk in clear."""
    program("pg_dump")
    with connected(place) as line, TemporaryFile() as said:
        line.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = line.execute("SELECT pg_export_snapshot()").fetchone()[0]
        contents = contents_of(line)
        command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        with started(command, place, said=said, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:
            assert child.stdout is not None
            try:
                yield child.stdout, contents
            except BaseException:
                child.kill()
                raise
            if child.wait():
                said.seek(0)
                raise BackupFailed(told_by("pg_dump", said.read()))


def contents(place: Place) -> Contents:
    with connected(place) as line:
        return contents_of(line)


def contents_of(line: Any) -> Contents:
    import psycopg

    try:
        return counted(line)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject) as bad:
        raise BackupFailed(f"The role {line.info.user} may not read every row. Name the tables' owner by VIGIL_BACKUP_DATABASE_URL.") from bad


def counted(line: Any) -> Contents:
    """By the tables' owner, or one above row-level security: the login of web and worker gets an error, not a smaller number."""
    from psycopg import sql

    tables = [name for (name,) in line.execute(TABLES).fetchall()]
    counting = sql.SQL("SELECT COUNT(*) FROM {}")
    return Contents(
        tables={name: line.execute(counting.format(sql.Identifier(name))).fetchone()[0] for name in tables},
        migrations=newest(line.execute("SELECT app, name FROM django_migrations").fetchall()),
        chains={
            chain: [seq, digest] for chain, seq, digest in line.execute("SELECT chain, seq, hash FROM clinic_audithead ORDER BY chain").fetchall()
        },
        engine_version=str(line.info.server_version),
    )


def filled(place: Place, stream: Reader, identities: list[Any] | None) -> None:
    """Pour the backup's stream into an empty database."""
    with TemporaryFile() as said:
        child = started(
            ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges"], place, said=said, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        pipe = Pipe(child.stdin)
        try:
            unseal(stream, pipe, identities)
        except BackupFailed:
            if not pipe.is_broken:
                raise
        finally:
            pipe.close()
            code = child.wait()
        if code or pipe.is_broken:
            said.seek(0)
            raise BackupFailed(told_by("pg_restore", said.read()))


class Pipe:
    """To a program's mouth; knows whether it was the program that shut it."""

    def __init__(self, to: Any) -> None:
        self.to, self.is_broken = to, False

    def write(self, block: bytes) -> int:
        try:
            self.to.write(block)
        except BrokenPipeError:
            self.is_broken = True
            raise
        return len(block)

    def flush(self) -> None:
        self.to.flush()

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self.to.close()


def administer(place: Place, statement: str, *names: str) -> None:
    """One statement on the server, outside of a transaction, from its own database."""
    import psycopg
    from psycopg import sql

    with connected(place.named("postgres"), autocommit=True) as line:
        try:
            line.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
        except psycopg.errors.ObjectInUse as bad:
            raise BackupFailed("The database is in use. Stop Vigil (web, worker and beat) first.") from bad
        except psycopg.errors.InsufficientPrivilege as bad:
            raise BackupFailed(f"The role {place.user} may not create databases. Name one that may by VIGIL_BACKUP_DATABASE_URL.") from bad
        except psycopg.Error as bad:
            raise BackupFailed(f"PostgreSQL refused: {type(bad).__name__}") from bad


def exists(place: Place) -> bool:
    with connected(place.named("postgres")) as line:
        return line.execute("SELECT 1 FROM pg_database WHERE datname = %s", [place.name]).fetchone() is not None


def is_empty(place: Place) -> bool:
    """No such database, or no organisation in it."""
    if not exists(place):
        return True
    with connected(place) as line:
        has_table = line.execute("SELECT to_regclass('clinic_organisation')").fetchone()[0]
        return has_table is None or line.execute("SELECT 1 FROM clinic_organisation LIMIT 1").fetchone() is None


def new_scratch(place: Place, stamp: str) -> Place:
    made = place.named(f"{place.name[:30]}_restored_{stamp.lower()}")
    administer(made, "DROP DATABASE IF EXISTS {}", made.name)
    administer(made, "CREATE DATABASE {} TEMPLATE template0", made.name)
    return made


def end_scratch(place: Place) -> None:
    administer(place, "DROP DATABASE IF EXISTS {} WITH (FORCE)", place.name)


def put_in_place(fresh: Place, place: Place, stamp: str) -> str:
    """The restored database takes the name; what had it keeps another, which is returned. Raises BackupFailed while somebody uses it."""
    kept = ""
    if exists(place):
        kept = f"{place.name[:30]}_before_{stamp.lower()}"
        administer(place, "ALTER DATABASE {} RENAME TO {}", place.name, kept)
    try:
        administer(place, "ALTER DATABASE {} RENAME TO {}", fresh.name, place.name)
    except BackupFailed:
        if kept:
            administer(place, "ALTER DATABASE {} RENAME TO {}", kept, place.name)
        raise
    return kept
