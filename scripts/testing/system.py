"""System parts that the whole suite needs: found, installed by apt as root, or named as missing."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.postgres import NoPostgres, as_owner, binaries


@dataclass(frozen=True)
class Part:
    """A program that pip can't bring."""

    name: str
    packages: tuple[str, ...]
    is_here: Callable[[], bool]


def has_postgres() -> bool:
    try:
        binaries()
        as_owner([])
    except NoPostgres:
        return False
    return True


def has_chromium() -> bool:
    return os.path.exists(chromium()) or bool(shutil.which("chromium"))


def chromium() -> str:
    return os.environ.get("VIGIL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"


POSTGRES = Part("PostgreSQL", ("postgresql",), has_postgres)
CHROMIUM = Part("Chromium", ("chromium", "fonts-liberation"), has_chromium)


def ensure(parts: tuple[Part, ...]) -> None:
    """Install what is missing where that is possible: Debian's apt, as root."""
    missing = [part for part in parts if not part.is_here()]
    if not missing:
        return
    names = [package for part in missing for package in part.packages]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"[test] missing: {', '.join(part.name for part in missing)}. On Debian: sudo apt-get install {' '.join(names)}", flush=True)
        return
    print(f"[test] installing {' '.join(names)}", flush=True)
    apt("update")
    apt("install", "--yes", "--no-install-recommends", *names)


def apt(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-q", *arguments]
    if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode:
        print(f"[test] {' '.join(command)} failed", flush=True)
