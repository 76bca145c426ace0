"""A gunicorn whose workers' CPU time and memory can be read from /proc."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.bench.client import Client
from scripts.launcher.children import Child
from scripts.launcher.ports import free_port
from scripts.launcher.services import ROOT, web

TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, child: Child, port: int) -> None:
        self.child, self.port = child, port

    def workers(self) -> list[int]:
        master = self.child.process.pid
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    def cpu(self) -> float:
        """Seconds of CPU that the workers have used, in user and kernel."""
        total = 0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def memory_mb(self) -> float:
        """The largest worker's resident memory."""
        sizes = []
        for pid in self.workers():
            line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
            sizes.append(int(line.split()[1]) / 1024)
        return max(sizes)


@contextmanager
def serving(application: str, environment: dict[str, str], log: Path) -> Iterator[Server]:
    """gunicorn, 2 workers × 2 threads, until the context ends."""
    port = free_port()
    command = [part if part != "config.wsgi:application" else application for part in web("127.0.0.1", port)]
    with log.open("ab") as output:
        child = Child(application, command, environment, cwd=str(ROOT), output=output.fileno())
    try:
        wait_for(port, log)
        yield Server(child, port)
    finally:
        child.stop()


def wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        client = Client(port)
        try:
            client.get("/healthz")
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            client.line.close()
    raise SystemExit(f"The server didn't start:\n{log.read_text()[-2000:]}")
