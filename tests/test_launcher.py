"""The launcher as a person meets it: it starts, restarts the fallen, stops, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.launcher.ports import free_port, wanted_or_next
from scripts.launcher.services import ROOT

START_SECONDS = 240


class Launched:
    """A launcher under test, its log, and every process that belongs to it, as Linux lists them under /proc."""

    def __init__(self, data: Path, log: Path, port: int) -> None:
        self.data, self.log, self.port = data, log, port
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("VIGIL_", "DJANGO_", "DATABASE_URL", "REDIS_URL", "COVERAGE"))
        }
        environment = {**kept, "VIGIL_DATA_DIR": str(data), "VIGIL_PORT": str(port), "VIGIL_MODE": "demonstration"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scripts.launcher"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def until(self, question: Callable[[], object], seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not question():
            assert time.monotonic() < deadline, self.said()[-6000:]
            time.sleep(0.1)

    def until_said(self, text: str, seconds: float = START_SECONDS) -> None:
        self.until(lambda: text in self.said() or self.process.poll() is not None, seconds)
        assert text in self.said(), self.said()[-6000:]

    def family(self) -> dict[int, str]:
        """Every living process with this test's data folder in its environment, the launcher included; and the broker, which hides its own."""
        marker = f"VIGIL_DATA_DIR={self.data}".encode()
        listening = f"127.0.0.1:{self.broker_port()} ".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                if marker in (folder / "environ").read_bytes().split(b"\0") or listening in command:
                    found[int(folder.name)] = command.decode()
            except OSError:
                continue
        return found

    def broker_port(self) -> str:
        settings = self.data / "broker" / "broker.conf"
        return settings.read_text().split("port ")[1].split()[0] if settings.exists() else "none"

    def one(self, word: str) -> int:
        """The oldest process whose command holds the word."""
        found = [pid for pid, command in self.family().items() if word in command]
        assert found, f"no process with {word!r}:\n{self.said()[-6000:]}"
        return min(found)

    def end(self) -> None:
        for pid in self.family():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a clinic's data")


@pytest.fixture
def launched(data: Path, tmp_path: Path) -> Iterator[Launched]:
    made = Launched(data, tmp_path / "log", free_port())
    try:
        made.until_said("Vigil is at")
        made.until_said("ready.")
        yield made
    finally:
        made.end()


@pytest.mark.stack
def test_ctrl_c_stops_everything_and_leaves_nothing_behind(launched: Launched) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{launched.port}/healthz") as response:
        assert response.status == 200
    commands = " ".join(launched.family().values())
    assert all(word in commands for word in ("gunicorn", " worker ", " beat ", "-server 127.0.0.1"))
    launched.process.send_signal(signal.SIGINT)
    assert launched.process.wait(30) == 0
    assert launched.family() == {}
    assert "nothing is left running" in launched.said()


@pytest.mark.stack
def test_a_killed_worker_and_a_killed_broker_are_started_again(launched: Launched) -> None:
    worker, broker = launched.one(" worker "), launched.one("-server 127.0.0.1")
    os.kill(worker, signal.SIGKILL)
    os.kill(broker, signal.SIGKILL)
    launched.until_said("worker ended (killed by SIGKILL)", 60)
    launched.until_said("broker ended (killed by SIGKILL)", 60)
    # Only what the worker says after its own end counts: a busy machine may have made the first one say it twice.
    launched.until(lambda: "ready." in launched.said().partition("worker ended (killed by SIGKILL)")[2], 120)
    assert launched.one(" worker ") != worker
    assert launched.process.poll() is None


@pytest.mark.stack
def test_a_killed_launcher_takes_its_children_along(launched: Launched) -> None:
    assert len(launched.family()) >= 5
    launched.process.kill()
    launched.process.wait(10)
    launched.until(lambda: not launched.family(), 40)


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert wanted_or_next("127.0.0.1", port) != port


def test_a_free_port_is_taken_as_wanted() -> None:
    port = free_port()
    assert wanted_or_next("127.0.0.1", port) == port


def test_a_bad_port_is_named() -> None:
    environment = {**os.environ, "VIGIL_PORT": "eighty"}
    done = subprocess.run([sys.executable, "-m", "scripts.launcher"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "VIGIL_PORT" in done.stderr
