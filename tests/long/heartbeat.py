"""Readiness and numbers of a whole installation: the heartbeat's way, two processes of one web. `pytest tests/long/heartbeat.py`"""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.fixtures import StackMaker
from tests.support.stack import LiveStack

pytestmark = pytest.mark.stack


def asked(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def counted(stack: LiveStack) -> float:
    _, told = asked(f"{stack.address('web2')}/metrics")
    return sum(float(line.split()[-1]) for line in told.splitlines() if line.startswith("vigil_requests_total{") and 'view="home"' in line)


def test_the_heartbeat_goes_through_beat_and_worker_and_the_counts_of_two_processes_add_up(make_stack: StackMaker, tmp_path: Path) -> None:
    stack = make_stack("worker", "beat", "web2", VIGIL_METRICS="yes", VIGIL_LOG_FORMAT="json", PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    ready = f"{stack.address('web2')}/readyz"
    stack.wait_until(lambda: "heartbeat: good" in asked(ready)[1], seconds=60)
    assert asked(ready)[0] == 200
    before = counted(stack)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: asked(f"{stack.address('web2')}/")[0], range(40))) == {200}  # the front page leads to sign-in
    assert counted(stack) - before == 40
    assert len({path.stem.rsplit("_", 1)[1] for path in tmp_path.glob("counter_*.db")}) == 2, "one process answered all"
    stack.broker.stop()
    status, told = asked(ready)
    assert (status, "redis: bad" in told, "heartbeat: good" in told) == (503, True, True)
    assert asked(f"{ready}?only=database")[0] == 200
    for line in [line for line in stack.log("web2").splitlines() if line.startswith("{")]:
        assert json.loads(line)["request_id"]
