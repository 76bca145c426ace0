"""The recipe of docs/backup.md, "PostgreSQL: to the minute", as it is written there: an archived log and a base backup, sealed by `age`, bring the
clinic back to a moment between two writes. By hand: pytest tests/long/minutes.py (PostgreSQL and Debian's `age`)"""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from clinic.backups import Place
from clinic.backups.proving import manage
from scripts.launcher.ports import free_port
from scripts.testing import system
from tests.support.postgres import as_owner, binaries, run

RECIPE = Path("docs/backup.md").read_text()
AGE = system.Part("age", ("age",), lambda: bool(shutil.which("age")))


def line_of(start: str) -> str:
    (found,) = re.findall(rf"^    ({start}.*)$", RECIPE, re.MULTILINE)
    return str(found)


class House:
    """Two data folders of one server, its archive, and the key on a medium of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        for name in ("wal", "base", "key"):
            (folder / name).mkdir()
        self.secret = folder / "key/vigil-key.txt"
        made = subprocess.run(["age-keygen", "-o", str(self.secret)], check=True, capture_output=True, text=True)
        self.recipient = re.findall("age1[a-z0-9]+", made.stderr)[0]
        subprocess.run(["chown", "-R", "postgres", str(folder)], check=True)

    def put(self, line: str) -> str:
        """A line of the recipe, with this machine's places in it."""
        for place in ("wal", "base", "key"):
            line = line.replace(f"/mnt/{place}", str(self.folder / place))
        return line.replace("age1…", self.recipient)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def control(self, data: Path, *words: str) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        run([str(binaries() / "pg_ctl"), "-D", str(data), "-w", "-l", str(self.folder / "log"), "-o", options, *words])

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as line:
            done = line.execute(statement)  # type: ignore[call-overload]
            return list(done.fetchall()) if done.description else []

    def manage(self, *words: str) -> str:
        done = manage(Place.of_url(self.url), *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return str(done.stdout)


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    system.ensure((system.POSTGRES, AGE))
    folder = Path("/tmp") / tmp_path_factory.mktemp("minutes").name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)
    try:
        yield House(folder)
    finally:
        for data in ("first", "second"):
            if (folder / data / "postmaster.pid").exists():
                run([str(binaries() / "pg_ctl"), "-D", str(folder / data), "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def archived(house: House) -> None:
    """What was written until now lies in the archive, sealed."""
    name = str(house.ask("SELECT pg_walfile_name(pg_current_wal_lsn())")[0][0])
    house.ask("SELECT pg_switch_wal()")
    until = time.monotonic() + 60
    while not (house.folder / f"wal/{name}.age").exists():
        assert time.monotonic() < until, (house.folder / "log").read_text()[-2000:]
        time.sleep(0.2)
    assert (house.folder / f"wal/{name}.age").read_bytes().startswith(b"age-encryption.org/")


@pytest.mark.timeout(900)
def test_a_clinic_returns_to_the_minute(house: House) -> None:
    first, second = house.folder / "first", house.folder / "second"
    run([str(binaries() / "initdb"), "-D", str(first), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
    settings = [house.put(line_of(word)) for word in ("archive_mode", "archive_timeout", "archive_command")]
    with (first / "postgresql.conf").open("a") as conf:
        conf.write("\n".join(["", *settings, ""]))
    house.control(first, "start")
    house.manage("migrate", "--no-input", "--verbosity", "0")
    dump = house.put(line_of("pg_basebackup")).replace("pg_basebackup", f"{binaries()}/pg_basebackup -h 127.0.0.1 -p {house.port} -U postgres")
    subprocess.run(as_owner(["bash", "-c", dump]), check=True, cwd="/")
    (base,) = (house.folder / "base").iterdir()
    assert base.read_bytes().startswith(b"age-encryption.org/")
    house.ask("CREATE TABLE told (word text)")
    house.ask("INSERT INTO told VALUES ('before')")
    time.sleep(1.1)
    ((moment,),) = house.ask("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'")
    time.sleep(1.1)
    house.ask("DELETE FROM told")
    house.ask("INSERT INTO told VALUES ('the mistake')")
    archived(house)
    house.control(first, "-m", "immediate", "stop")
    # The machine is gone: another data folder, the base backup, the log.
    second.mkdir(mode=0o700)
    shutil.chown(second, "postgres")
    unpack = f"age -d -i {house.secret} {base} | tar -x -C {second}"
    subprocess.run(as_owner(["bash", "-c", unpack]), check=True, cwd="/")
    kept = [house.put(line_of("restore_command")), f"recovery_target_time = '{moment}'", line_of("recovery_target_action"), "archive_mode = off"]
    with (second / "postgresql.conf").open("a") as conf:
        conf.write("\n".join(["", *kept, ""]))
    (second / "recovery.signal").touch()
    shutil.chown(second / "recovery.signal", "postgres")
    house.control(second, "start")
    until = time.monotonic() + 120
    while house.ask("SELECT pg_is_in_recovery()") == [(True,)]:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert house.ask("SELECT word FROM told") == [("before",)]
    house.manage("verify_database")
