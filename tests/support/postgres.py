"""A PostgreSQL of the suite's own: fresh data, loopback, a random port, gone afterwards. No Django here."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.ports import free_port


class NoPostgres(Exception):
    """This machine has no PostgreSQL server programs."""


def binaries() -> Path:
    """Where initdb and pg_ctl live: Debian keeps them out of the PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise NoPostgres("PostgreSQL's server programs (initdb, pg_ctl) are not installed")


def as_owner(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: then Debian's own user runs it."""
    if os.geteuid() != 0:
        return command
    try:
        pwd.getpwnam("postgres")
    except KeyError as missing:
        raise NoPostgres("PostgreSQL can't run as root, and there is no user `postgres`") from missing
    return ["runuser", "-u", "postgres", "--", *command]


def run(command: list[str]) -> None:
    # No pipes: the server inherits them and they would never close.
    with tempfile.TemporaryFile() as said:
        result = subprocess.run(as_owner(command), stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/")
        if result.returncode:
            said.seek(0)
            raise RuntimeError(f"{command[0]} failed:\n{said.read().decode(errors='replace')}")


@dataclass(frozen=True)
class Postgres:
    """A running server: its address, and the command that pulls its plug and starts it again."""

    url: str
    restart: list[str]


@contextmanager
def running_postgres() -> Iterator[str]:
    """`postgres://…` of a server that lives as long as the context."""
    with postgres_server() as server:
        yield server.url


@contextmanager
def postgres_server(*, is_durable: bool = False) -> Iterator[Postgres]:
    """The data dies with the context; `is_durable`: until then a killed server forgets no commit (only the machine's own fall would)."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="vigil-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    owner = "postgres" if os.geteuid() == 0 else getpass.getuser()
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        f"-c fsync=off -c synchronous_commit={'on' if is_durable else 'off'} -c full_page_writes=off -c max_connections=60"
    )
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options]
    try:
        run([str(programs / "initdb"), "-D", str(data), "-U", owner, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        run([*control, "start"])
        try:
            yield Postgres(f"postgres://{owner}@127.0.0.1:{port}/postgres", [*control, "-m", "immediate", "restart"])
        finally:
            run([str(programs / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
