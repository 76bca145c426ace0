"""One child process in a group of its own, which ends when we do, however we end."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

PR_SET_PDEATHSIG = 1


def end_with_parent() -> Callable[[], None] | None:
    """What a child runs before its program: ask the kernel for SIGTERM when the launcher dies, even by kill -9."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


class Child:
    """A program with a name; its output is one pipe that the owner reads."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], *, cwd: str, output: int = subprocess.PIPE) -> None:
        self.name = name
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            list(command),
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """SIGTERM to the program alone: gunicorn and Celery then end their own children in order."""
        if self.is_running():
            self.process.terminate()

    def wait(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def sweep_group(self) -> None:
        """Whatever is left of the group, grandchildren too, ends now."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)

    def stop(self, seconds: float = 10) -> None:
        self.ask_to_stop()
        self.wait(seconds)
        self.sweep_group()
