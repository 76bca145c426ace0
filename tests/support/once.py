"""What is dear to make is made once for all processes of a run: the first makes it, the others wait."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

# Set by `make test`: what only the migrations decide outlives one run of pytest.
SHARED = os.environ.get("VIGIL_TEST_SHARED", "")


def once(folder: Path, name: str, make: Callable[[], None]) -> None:
    """Run `make` unless a process of the same folder has; a failed try is made again by the next."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / f"{name}.done"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make()
            done.touch()


def of_this_run(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one pytest share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
