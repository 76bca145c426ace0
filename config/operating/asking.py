"""Asks a part with a deadline: who hangs is reported, and never asked a second time while the first question still hangs."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock

from django.db import close_old_connections, connections

GOOD, WARN, BAD = "good", "warn", "bad"


@dataclass(frozen=True)
class Finding:
    """How one part stands: `words` say it without a secret, `todo` what to do."""

    state: str
    words: str
    todo: str = ""

    @property
    def is_bad(self) -> bool:
        return self.state == BAD


@dataclass(frozen=True)
class Part:
    """One thing to ask; `ask` may take its time and may raise."""

    name: str
    title: str
    ask: Callable[[], Finding]
    todo: str = ""


@dataclass(frozen=True)
class Answer:
    """A part's finding, and how long it took."""

    part: Part
    finding: Finding
    seconds: float


class Asker:
    """A thread a part at most: a database that hangs costs one thread, however often a monitor knocks."""

    def __init__(self, *, at_once: int = 32) -> None:
        self.pool = ThreadPoolExecutor(at_once, thread_name_prefix="operator")
        self.under_way: dict[str, Future[tuple[Finding, float]]] = {}
        self.lock = Lock()

    def ask(self, parts: Iterable[Part], *, seconds: float) -> list[Answer]:
        """All at once; after so many seconds whoever has not answered is said to hang."""
        asked = [(part, self.question(part)) for part in parts]
        wait([future for _, future in asked], timeout=seconds)
        return [Answer(part, *answer_of(part, future, seconds)) for part, future in asked]

    def question(self, part: Part) -> "Future[tuple[Finding, float]]":
        with self.lock:
            standing = self.under_way.get(part.name)
            if standing is None or standing.done():
                standing = self.under_way[part.name] = self.pool.submit(told, part)
            return standing


def answer_of(part: Part, future: "Future[tuple[Finding, float]]", seconds: float) -> tuple[Finding, float]:
    if not future.done():
        return Finding(BAD, f"no answer within {seconds:g} s", part.todo), seconds
    return future.result()


def told(part: Part) -> tuple[Finding, float]:
    """The part's finding; an error is one too, told by its kind alone (its text may hold an address or a password)."""
    started = time.monotonic()
    try:
        close_old_connections()
        finding = part.ask()
    except Exception as error:
        finding = Finding(BAD, f"failed ({type(error).__name__})", part.todo)
    finally:
        connections.close_all()
    return finding, time.monotonic() - started


asker = Asker()
