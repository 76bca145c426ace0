"""Vigil's own web, worker and beat as real processes over one database, in test mode, with a clock that can be moved."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

from clinic import clock
from scripts.launcher import services
from scripts.launcher.children import Child
from scripts.launcher.ports import free_port
from tests.support.broker import Broker
from tests.support.database import url_of_pages
from tests.support.smtp import Inbox

ALL = ("web", "worker", "beat")


class LiveStack:
    """What a whole installation is, on ephemeral ports. The tests' ORM speaks to the same database."""

    def __init__(self, folder: Path, *, database_url: str, broker: Broker, inbox: Inbox) -> None:
        self.folder = folder
        self.broker = broker
        self.smtp = inbox
        self.database_url = database_url
        self.ports = {"web": free_port()}
        self.url = self.address("web")
        self.children: dict[str, Child] = {}
        # Seconds for the web to answer.
        self.patience = 30.0
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VIGIL_MODE": "test",
            "VIGIL_DATA_DIR": str(folder),
            # What a killed service leaves behind goes with the folder.
            "TMPDIR": str(folder),
            "VIGIL_ORIGIN": self.url,
            "VIGIL_TEST_BEAT_SECONDS": "1",
            "VIGIL_LOG_LEVEL": "INFO",
            "DATABASE_URL": url_of_pages(database_url),
            "REDIS_URL": broker.url,
            "PYTHONUNBUFFERED": "1",
            **inbox.environment,
        }

    def start(self, *names: str) -> None:
        """Start these services (all without a name) and wait until the web answers."""
        for name in names or ALL:
            with self.log_file(name).open("ab") as output:
                self.children[name] = Child(name, self.command(name), self.unmeasured(), cwd=str(services.ROOT), output=output.fileno())
        for name in names or ALL:
            if name.startswith("web"):
                self.wait_for_web(self.address(name))

    def unmeasured(self) -> dict[str, str]:
        """Services run at their own speed, without coverage."""
        return {name: value for name, value in self.environment.items() if not name.startswith("COVERAGE")}

    def command(self, name: str) -> list[str]:
        """`web`, `web2` (of two processes), `worker`, `worker2`, `beat`, `beat2` …: any number of each."""
        if name.startswith("web"):
            self.address(name)
            return services.web("127.0.0.1", self.ports[name], workers=1 if name == "web" else 2, threads=4)
        return services.worker(concurrency=1) if name.startswith("worker") else services.beat()

    def address(self, web: str) -> str:
        """Where this web listens."""
        return f"http://127.0.0.1:{self.ports.setdefault(web, free_port())}"

    def stop(self, *names: str) -> None:
        """Politely, in the order given; all without a name: beats, workers, the web."""
        for name in names or sorted(self.children):
            child = self.children.pop(name, None)
            if child is not None:
                child.stop()

    def end(self) -> None:
        """The test is over and nobody waits for a last word: whatever still runs ends at once."""
        for name in list(self.children):
            self.kill(name)

    def kill(self, name: str) -> None:
        """kill -9 of the whole group: what a power cut does."""
        self.children.pop(name).sweep_group()

    def pause(self, name: str) -> None:
        """The whole group stands still, as on a machine that swaps."""
        os.killpg(self.children[name].pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        os.killpg(self.children[name].pid, signal.SIGCONT)

    def wait_for_web(self, url: str = "", seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{url or self.url}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"The web didn't answer in {seconds:g} s:\n{self.log('web')}")

    def wait_until(self, question: object, *, seconds: float = 30, every: float = 0.2) -> None:
        """Ask until the answer is yes; the message holds what the services said."""
        deadline = time.monotonic() + seconds
        while not question():  # type: ignore[operator]
            if time.monotonic() > deadline:
                raise AssertionError(f"Not so after {seconds:g} s.\nworker:\n{self.log('worker')[-4000:]}\nbeat:\n{self.log('beat')[-1000:]}")
            time.sleep(every)

    def move_clock(self, by: timedelta) -> None:
        """Time passes for web, worker, beat and the pages' clocks at once."""
        clock.move(by)

    def manage(self, *arguments: str) -> str:
        """A management command against this installation, by the tables' owner; what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        environment = {**self.environment, "DATABASE_URL": self.database_url}
        done = subprocess.run(command, env=environment, cwd=services.ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def log_file(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def log(self, name: str) -> str:
        path = self.log_file(name)
        return path.read_text(errors="replace") if path.exists() else ""
