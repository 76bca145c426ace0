"""Watches the children: passes their lines on, restarts the fallen with growing pauses, stops all in order."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scripts.launcher import log
from scripts.launcher.children import Child

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# Whoever ran this long has proved itself: the next fall is answered quickly again.
STEADY_AFTER = 60.0
STOP_SECONDS = 12.0


@dataclass
class Post:
    """A service that has to be kept: its command, and its child while it runs."""

    name: str
    command: Callable[[], list[str]]
    environment: Mapping[str, str]
    cwd: str
    child: Child | None = None
    lines: log.Lines = field(init=False)
    pause: float = FIRST_PAUSE
    start_at: float = 0.0

    def __post_init__(self) -> None:
        self.lines = log.Lines(self.name)


class Supervisor:
    """Single-threaded on purpose: a child is tied to the thread that made it (PR_SET_PDEATHSIG)."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.selector = selectors.DefaultSelector()
        self.asked_to_stop = 0

    def listen_for_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)

    def on_signal(self, number: int, _frame: object) -> None:
        self.asked_to_stop += 1

    def keep(self, post: Post) -> None:
        self.posts.append(post)
        self.start(post)

    def start(self, post: Post) -> None:
        post.child = Child(post.name, post.command(), post.environment, cwd=post.cwd)
        assert post.child.process.stdout is not None
        os.set_blocking(post.child.process.stdout.fileno(), False)
        self.selector.register(post.child.process.stdout, selectors.EVENT_READ, post)

    def tick(self, seconds: float = 0.25) -> None:
        self.pass_lines_on(seconds)
        for post in self.posts:
            self.look_after(post)

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        while not self.asked_to_stop and not until():
            self.tick()

    def pass_lines_on(self, seconds: float) -> None:
        if not self.selector.get_map():
            time.sleep(seconds)
        for key, _ in self.selector.select(seconds):
            data = os.read(key.fd, 65536)
            if data:
                key.data.lines.feed(data)
            else:
                self.selector.unregister(key.fileobj)

    def look_after(self, post: Post) -> None:
        if self.asked_to_stop:
            return
        if post.child is None:
            if time.monotonic() >= post.start_at:
                self.start(post)
            return
        if not post.child.is_running():
            self.bury(post)

    def bury(self, post: Post) -> None:
        child = post.child
        assert child is not None
        child.sweep_group()
        self.drain(post, child)
        if time.monotonic() - child.started_at > STEADY_AFTER:
            post.pause = FIRST_PAUSE
        log.line("vigil", f"{post.name} ended ({ending(child.process.returncode)}); starting it again in {post.pause:g} s")
        post.child = None
        post.start_at = time.monotonic() + post.pause
        post.pause = min(post.pause * 2, LONGEST_PAUSE)

    def drain(self, post: Post, child: Child) -> None:
        """The last words of a child that has ended."""
        pipe = child.process.stdout
        assert pipe is not None
        if pipe in {key.fileobj for key in self.selector.get_map().values()}:
            self.selector.unregister(pipe)
        try:
            while data := os.read(pipe.fileno(), 65536):
                post.lines.feed(data)
        except BlockingIOError:
            pass
        post.lines.close()
        pipe.close()

    def stop_all(self) -> None:
        """The last started ends first; the broker, started first, stays until nobody needs it. A second signal is impatience."""
        signals_before = self.asked_to_stop
        for wave in waves(self.posts):
            for child in wave:
                child.ask_to_stop()
            deadline = time.monotonic() + STOP_SECONDS
            while any(child.is_running() for child in wave) and time.monotonic() < deadline and self.asked_to_stop == signals_before:
                self.pass_lines_on(0.1)
            for child in wave:
                child.sweep_group()


def waves(posts: list[Post]) -> list[list[Child]]:
    """Web, worker and beat together, then the broker."""
    running = [(post.name, post.child) for post in posts if post.child is not None]
    return [[child for name, child in running if name != "broker"], [child for name, child in running if name == "broker"]]


def ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"code {code}"
