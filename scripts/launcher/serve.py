"""Becomes one service of the launcher's table: `python -m scripts.launcher.serve web`. What compose and systemd start, so that nothing can drift."""

import os
import sys
from collections.abc import Callable, Mapping

from scripts.launcher import services

SERVICES = ("web", "worker", "beat")


def command(name: str, environment: Mapping[str, str]) -> list[str]:
    """The service's command, sized by the environment."""
    made: dict[str, Callable[[], list[str]]] = {
        "web": lambda: services.web(
            environment.get("VIGIL_HOST", "127.0.0.1"), number(environment, "VIGIL_PORT", 8000),
            workers=number(environment, "VIGIL_WEB_WORKERS", 2), threads=number(environment, "VIGIL_WEB_THREADS", 2),
        ),
        "worker": lambda: services.worker(concurrency=number(environment, "VIGIL_WORKER_CONCURRENCY", 2)),
        "beat": services.beat,
    }  # fmt: skip
    if name not in made:
        sys.exit(f"{name!r} is no service. Expected: one of {', '.join(SERVICES)}")
    return made[name]()


def number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "") or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        sys.exit(f"{name} is {value!r}. Expected: a whole number from 1")
    return int(value)


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        sys.exit(f"Name one service: {', '.join(SERVICES)}")
    wanted = command(arguments[0], os.environ)
    # The same process goes on as the service, so that a manager's signals reach it.
    os.execv(wanted[0], wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
