"""The parts together as real processes: web, worker, beat, broker; and the web without a broker."""

import os
import signal
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from kombu import pools
from kombu.exceptions import OperationalError

from clinic import clock
from config.celery import app
from tests.support.broker import Broker
from tests.support.fixtures import StackMaker
from tests.support.stack import LiveStack

pytestmark = pytest.mark.stack


def server_time(stack: LiveStack) -> datetime:
    with urllib.request.urlopen(f"{stack.url}/healthz") as answer:
        return datetime.fromisoformat(answer.headers["X-Server-Now"])


def test_beat_ticks_and_the_worker_takes_them(stack: LiveStack) -> None:
    stack.wait_until(lambda: "reminders.tasks.send" in stack.log("worker") and "succeeded" in stack.log("worker"), seconds=60)


def test_time_moves_for_every_process_at_once(stack: LiveStack) -> None:
    stack.move_clock(timedelta(hours=2))
    ahead = datetime.now(UTC) + timedelta(hours=2)
    assert abs(clock.now() - ahead) < timedelta(seconds=5)
    assert abs(server_time(stack) - ahead) < timedelta(seconds=5)


def test_a_broker_that_lost_everything_is_found_again(make_stack: StackMaker) -> None:
    stack = make_stack("worker", "beat")
    stack.wait_until(lambda: "succeeded" in stack.log("worker"), seconds=60)
    stack.broker.stop()
    time.sleep(2)
    before = stack.log("worker").count("succeeded")
    stack.broker.start()
    stack.wait_until(lambda: stack.log("worker").count("succeeded") > before, seconds=60)


def publish() -> float:
    """Seconds that a page waits for a publish that can't succeed."""
    started = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("reminders.tasks.send")
    return time.monotonic() - started


@pytest.fixture
def app_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Points this process's publishing at another broker."""

    def point(url: str) -> None:
        monkeypatch.setitem(app.conf, "broker_url", url)
        monkeypatch.setitem(app.conf, "broker_write_url", url)
        forget()

    def forget() -> None:
        pools.reset()
        app.amqp._producer_pool = app._pool = None

    yield point
    forget()


def test_publishing_without_a_broker_fails_at_once(app_on: Callable[[str], None]) -> None:
    app_on("redis://127.0.0.1:1/0")
    publish()  # the first one also imports the transport
    assert publish() < 1.0


def test_publishing_to_a_broker_that_hangs_gives_up_soon(app_on: Callable[[str], None], broker: Broker) -> None:
    app_on(broker.url)
    app.send_task("reminders.tasks.send")
    assert broker.child is not None
    os.kill(broker.child.pid, signal.SIGSTOP)
    try:
        assert publish() < 1.5
        app_on(broker.url)
        assert publish() < 1.5
    finally:
        os.kill(broker.child.pid, signal.SIGCONT)


def test_publishing_into_silence_gives_up_soon(app_on: Callable[[str], None]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        app_on(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        assert publish() < 1.5
