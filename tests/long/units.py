"""The units that are shipped, started by a systemd that boots, beside Debian's PostgreSQL and Redis, as docs/operating.md says. `pytest tests/long/units.py`"""

import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.launcher.services import ROOT
from tests.support.containers import STANDINS, Engine, containers, shipped, until
from tests.test_deploy import example

pytestmark = pytest.mark.timeout(1800)
WEBS, WORKERS = ("vigil-web@8001", "vigil-web@8002"), ("vigil-worker@1", "vigil-worker@2")
SERVICES = (*WEBS, *WORKERS, "vigil-beat")
# What a unit's own namespaces and devices ask for; the seccomp filters are then systemd's alone.
MAY = ["--systemd=always", "--cap-add=SYS_ADMIN,MKNOD,NET_ADMIN,SYS_PTRACE", "--security-opt=seccomp=unconfined", "--security-opt=unmask=ALL"]
MONITOR = "0123456789abcdef0123456789abcdef"
ASK = """
import sys, urllib.error, urllib.request
told = {"Host": "vigil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "Authorization": "Bearer " + sys.argv[2]}
try:
    answer = urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers=told), timeout=20)
except urllib.error.HTTPError as refused:
    answer = refused
print(answer.status, answer.read().decode())
"""


class Machine:
    """One Debian with Vigil in its place."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # No network but its own loopback: nothing of it is seen from outside.
        self.name = engine.podman("run", "--detach", "--network=none", *MAY, "localhost/machine").strip().splitlines()[-1]
        self.booted()

    def booted(self) -> None:
        until(
            lambda: "running" in self.run("systemctl", "is-system-running", check=False), 90, lambda: self.run("systemctl", "--failed", check=False)
        )
        until(
            lambda: "online" in self.run("pg_lsclusters") and "PONG" in self.run("redis-cli", "ping", check=False),
            60,
            lambda: self.run("pg_lsclusters"),
        )

    def run(self, *command: str, check: bool = True) -> str:
        return self.engine.within(self.name, *command, check=check)

    def told(self, unit: str, name: str) -> str:
        return self.run("systemctl", "show", "--property", name, "--value", unit).strip()

    def write(self, name: str, lines: dict[str, str]) -> None:
        text = "".join(f"{key}={value}\n" for key, value in lines.items())
        self.run("sh", "-c", 'install -d /etc/vigil && umask 077 && printf "%s" "$1" > "/etc/vigil/$2"', "sh", text, name)

    def ask(self, path: str, port: int = 8001) -> tuple[int, str]:
        status, _, text = self.run("python3", "-c", ASK, f"http://127.0.0.1:{port}{path}", MONITOR, check=False).partition(" ")
        return int(status) if status.isdigit() else 0, text

    def log(self) -> str:
        return self.run("journalctl", "--no-pager", "--unit", "vigil*", "--lines", "60")

    def is_ready(self, part: str = "") -> bool:
        return all(self.ask(f"/readyz{part}", port)[0] == 200 for port in (8001, 8002))


def settled(machine: Machine) -> None:
    """Two logins, as docs/operating.md has them: the owner may make roles and databases and is no superuser."""
    owner, pages = secrets.token_hex(16), secrets.token_hex(16)
    for statement in (f"CREATE ROLE vigil LOGIN CREATEDB CREATEROLE PASSWORD '{owner}'", "CREATE DATABASE vigil OWNER vigil"):
        machine.run("runuser", "-u", "postgres", "--", "psql", "--quiet", "--command", statement)
    key = machine.run("/opt/vigil/current/.venv/bin/python", "-c", "import pyrage; print(pyrage.x25519.Identity.generate().to_public())").strip()
    address = "postgres://{}:{}@127.0.0.1:5432/vigil"
    ours = {"VIGIL_MONITOR_TOKEN": MONITOR, "VIGIL_BACKUP_RECIPIENTS": key, "DATABASE_URL": address.format("vigil_web", pages)}
    machine.write("vigil.env", {**example(), **ours, "REDIS_URL": "redis://127.0.0.1:6379/0"})
    machine.write("owner.env", {"DATABASE_URL": address.format("vigil", owner), "VIGIL_PAGES_PASSWORD": pages})
    machine.write("worker.env", {"VIGIL_BACKUP_DATABASE_URL": address.format("vigil", owner)})


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with containers(Path(tempfile.mkdtemp(prefix="vigil-units-"))) as engine:
        code = shipped(ROOT, engine.folder / "code")
        (code / ".dockerignore").unlink()
        engine.build("localhost/machine", STANDINS / "machine", code)
        found = Machine(engine)
        settled(found)
        found.run("systemctl", "start", "vigil-migrate@0.1.0", check=False)
        assert found.told("vigil-migrate@0.1.0", "Result") == "success", found.log()
        found.run("systemctl", "enable", "--now", *SERVICES, "vigil.target")
        yield found


def command(machine: Machine, *arguments: str) -> str:
    """As docs/operating.md has it, without a terminal."""
    told = ["--uid=vigil", "--working-directory=/opt/vigil/current", "-E", "VIGIL_DATA_DIR=/var/lib/vigil"]
    files = [f"--property=EnvironmentFile=/etc/vigil/{name}.env" for name in ("vigil", "owner")]
    return machine.run("systemd-run", "--pipe", "--wait", *told, *files, "/opt/vigil/current/.venv/bin/python", "manage.py", *arguments)


def test_all_come_up_and_are_ready_once_there_is_a_backup(machine: Machine) -> None:
    until(lambda: "heartbeat: good" in machine.ask("/readyz")[1], 60, lambda: machine.ask("/readyz")[1] + machine.log())
    assert "Restored into a scratch database and checked" in command(machine, "backup", "--verify")
    until(machine.is_ready, 30, lambda: machine.ask("/readyz")[1])
    assert [machine.ask("/accounts/login/", port)[0] for port in (8001, 8002)] == [200, 200]
    assert {machine.told(unit, "ActiveState") for unit in SERVICES} == {"active"}


@pytest.mark.parametrize("unit", SERVICES)
def test_what_hardens_a_unit_is_in_force(machine: Machine, unit: str) -> None:
    pid = machine.told(unit, "MainPID")
    status = dict(line.split(":\t", 1) for line in machine.run("cat", f"/proc/{pid}/status").splitlines() if ":\t" in line)
    assert status["Uid"].split()[0] != "0"
    assert {status[name] for name in ("CapEff", "CapPrm", "CapBnd")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    seen = [line.split() for line in machine.run("cat", f"/proc/{pid}/mountinfo").splitlines()]
    mounts = {line[4]: line[5].split(",")[0] for line in seen}
    assert (mounts["/"], mounts["/home"], mounts["/root"], mounts["/proc/sys"]) == ("ro", "ro", "ro", "ro")
    assert (mounts["/var/lib/vigil"], mounts["/tmp"]) == ("rw", "rw")
    # Even root, in its place, can't write where the code is.
    assert "Read-only file system" in machine.run("nsenter", "--mount", f"--target={pid}", "touch", "/opt/vigil/current/probe", check=False)


def test_a_killed_web_comes_back_and_the_other_answers_meanwhile(machine: Machine) -> None:
    before = machine.told(WEBS[0], "MainPID")
    machine.run("sh", "-c", 'kill -9 "$1"', "sh", before)
    assert machine.ask("/healthz", 8002)[0] == 200
    until(lambda: machine.ask("/healthz", 8001)[0] == 200, 30, machine.log)
    assert machine.told(WEBS[0], "MainPID") != before


@pytest.mark.parametrize(("unit", "grace"), [(WEBS[0], 20), (WORKERS[0], 100), ("vigil-beat", 20)])
def test_a_stop_ends_in_order_within_its_grace(machine: Machine, unit: str, grace: float) -> None:
    since = time.monotonic()
    machine.run("systemctl", "stop", unit)
    taken = time.monotonic() - since
    assert taken < grace
    assert (machine.told(unit, "Result"), machine.told(unit, "ExecMainStatus")) == ("success", "0"), machine.log()
    machine.run("systemctl", "start", unit)


def test_they_start_with_the_machine_and_the_target_stops_them_all(machine: Machine) -> None:
    machine.engine.podman("stop", "--time=60", machine.name)
    machine.engine.podman("start", machine.name)
    machine.booted()
    until(lambda: {machine.told(unit, "ActiveState") for unit in SERVICES} == {"active"}, 60, machine.log)
    until(machine.is_ready, 90, lambda: machine.ask("/readyz")[1])
    machine.run("systemctl", "stop", "vigil.target")
    until(lambda: {machine.told(unit, "ActiveState") for unit in SERVICES} == {"inactive"}, 100, machine.log)
