"""`make run`: prepares, starts everything, says where it is, and leaves nothing behind."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from scripts.launcher import log, services
from scripts.launcher.broker import BrokerPlan, NoBroker
from scripts.launcher.ports import wanted_or_next
from scripts.launcher.supervisor import Post, Supervisor


def main() -> int:
    host = os.environ.get("VIGIL_HOST", "127.0.0.1")
    wanted = wanted_port()
    port = wanted_or_next(host, wanted)
    if port != wanted:
        log.line("vigil", f"Port {wanted} is taken by another program; using {port} instead.")
    environment = environment_of_services(host, port)
    supervisor = Supervisor()
    supervisor.listen_for_signals()
    try:
        return serve(supervisor, environment, host, port)
    except NoBroker as error:
        log.line("vigil", str(error))
        return 2
    finally:
        supervisor.stop_all()
        log.line("vigil", "stopped; nothing is left running")


def wanted_port() -> int:
    asked = os.environ.get("VIGIL_PORT", "8000")
    if not asked.isdigit() or not 0 < int(asked) < 65536:
        sys.exit(f"VIGIL_PORT is {asked!r}. Expected: a port from 1 to 65535")
    return int(asked)


def environment_of_services(host: str, port: int) -> dict[str, str]:
    environment = {"PYTHONUNBUFFERED": "1", "VIGIL_MODE": "demonstration", **os.environ}
    if environment["VIGIL_MODE"] == "demonstration":
        # Celery's warning of root is right for a real installation, and noise in a container that shows invented patients.
        environment.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser")
        environment.setdefault("VIGIL_ORIGIN", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")
    return environment


def serve(supervisor: Supervisor, environment: dict[str, str], host: str, port: int) -> int:
    cwd = str(services.ROOT)
    if not environment.get("REDIS_URL"):
        start_broker(supervisor, environment, cwd)
    if not prepare(supervisor, environment, cwd):
        return 0 if supervisor.asked_to_stop else 2
    for name, command in (("web", services.web(host, port)), ("worker", services.worker()), ("beat", services.beat())):
        supervisor.keep(Post(name, lambda command=command: command, environment, cwd))
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    supervisor.run(until=lambda: answers(f"{address}/healthz"))
    if not supervisor.asked_to_stop:
        welcome(address, environment)
    supervisor.run()
    return 0


def start_broker(supervisor: Supervisor, environment: dict[str, str], cwd: str) -> None:
    plan = BrokerPlan(data_folder(environment) / "broker")
    command = plan.command()
    environment["REDIS_URL"] = plan.url
    supervisor.keep(Post("broker", lambda: command, environment, cwd))


def prepare(supervisor: Supervisor, environment: dict[str, str], cwd: str) -> bool:
    """Migrations, static files, demonstration data; false when it failed or was interrupted."""
    from scripts.launcher.children import Child

    lines = log.Lines("setup")
    child = Child("setup", [sys.executable, "-m", "scripts.launcher.prepare"], environment, cwd=cwd, output=subprocess.PIPE)
    assert child.process.stdout is not None
    os.set_blocking(child.process.stdout.fileno(), False)
    while child.is_running() and not supervisor.asked_to_stop:
        supervisor.tick(0.05)
        lines.feed(child.process.stdout.read() or b"")
    child.stop()
    lines.feed(child.process.stdout.read() or b"")
    lines.close()
    if child.process.returncode != 0 and not supervisor.asked_to_stop:
        log.line("vigil", "The preparation failed; the lines above say why.")
    return child.process.returncode == 0 and not supervisor.asked_to_stop


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        time.sleep(0.1)
        return False


def welcome(address: str, environment: dict[str, str]) -> None:
    log.line("vigil", "")
    log.line("vigil", f"Vigil is at {address}")
    if environment["VIGIL_MODE"] == "demonstration":
        for name in ("logins.txt", "screens.txt"):
            file = data_folder(environment) / name
            for told in file.read_text().splitlines() if file.exists() else []:
                log.line("vigil", told)
        log.line("vigil", "All patients are invented. Ctrl-C stops everything; the data stays.")


def data_folder(environment: dict[str, str]) -> Path:
    return Path(environment.get("VIGIL_DATA_DIR") or services.ROOT / "var")


if __name__ == "__main__":
    sys.exit(main())
