"""What a monitor asks: ready or not by each part, the details for the operator alone, the numbers without an identity."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from prometheus_client import CollectorRegistry
from pytest_django import DjangoAssertNumQueries, Settings

from clinic import audit
from clinic.models import Heartbeat, TaskTally
from config import health
from config.operating import parts
from config.operating.asking import BAD, GOOD, WARN, Asker, Finding, Part
from config.operating.house import HouseCollector
from config.operating.tallying import count_task
from tests.cast import NOW, Cast

TOKEN = "a-monitor-has-this-token-0123456789"
PROXIED = {"X-Forwarded-For": "203.0.113.7"}


def good() -> Finding:
    return Finding(GOOD, "fine")


def broken() -> Finding:
    raise RuntimeError("password=hunter2")


@pytest.fixture
def monitor(settings: Settings) -> Settings:
    settings.VIGIL_MONITOR_TOKEN, settings.VIGIL_METRICS = TOKEN, True
    return settings


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two parts, one of them down."""
    monkeypatch.setattr(health, "PARTS", (Part("database", "Database", good), Part("redis", "Redis", broken)))


@pytest.mark.django_db
@pytest.mark.usefixtures("told")
def test_ready_or_not_without_sign_in(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz?only=database").status_code == 200  # for a proxy: the web serves staff without Redis
    assert client.get("/readyz?only=nothing").status_code == 404
    assert client.post("/readyz").status_code == 405


@pytest.mark.django_db
@pytest.mark.usefixtures("told")
def test_details_are_for_loopback_or_the_token_and_never_hold_a_secret(client: Client, monitor: Settings) -> None:
    inside = client.get("/readyz").content.decode()
    assert "database: good: fine" in inside
    assert "redis: bad: failed (RuntimeError)" in inside
    assert "hunter2" not in inside
    for stranger in ({"REMOTE_ADDR": "203.0.113.7"}, {"headers": PROXIED}):
        assert client.get("/readyz", **stranger).content == b"not ready\n"  # a proxy on this machine makes nobody an operator
        assert client.get("/metrics", **stranger).status_code == 404
        assert client.get("/metrics", **{**stranger, "HTTP_AUTHORIZATION": "Bearer wrong"}).status_code == 404
    bearer = {**PROXIED, "Authorization": f"Bearer {TOKEN}"}
    assert b"redis: bad" in client.get("/readyz", headers=bearer).content


@pytest.mark.engine_free
def test_a_part_that_hangs_is_said_to_hang_and_not_asked_twice() -> None:
    release, asked = threading.Event(), []

    def hanging() -> Finding:
        asked.append(1)
        release.wait(10)
        return good()

    asker, part = Asker(), Part("slow", "Slow", hanging, "Look at it.")
    started = time.monotonic()
    answers = [asker.ask([part, Part("quick", "Quick", good)], seconds=0.05) for _ in range(3)]
    assert time.monotonic() - started < 2
    assert [[one.finding.state for one in found] for found in answers] == [[BAD, GOOD]] * 3
    assert answers[0][0].finding == Finding(BAD, "no answer within 0.05 s", "Look at it.")
    assert asked == [1]
    release.set()
    assert asker.ask([part], seconds=2)[0].finding.state == GOOD


@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("age", "queued", "state", "blames"),
    [
        (timedelta(seconds=20), 0, GOOD, ""),
        (timedelta(seconds=180), 9, GOOD, ""),
        (timedelta(seconds=181), 9, BAD, "No worker"),
        (timedelta(hours=3), 0, BAD, "Beat sends no ticks"),
        (None, 4, BAD, "No worker"),
        (None, None, BAD, "Start Redis"),
    ],
)
def test_a_silence_is_blamed_by_the_queue(age: timedelta | None, queued: int | None, state: str, blames: str) -> None:
    found = parts.judged_heartbeat(None if age is None else NOW - age, now=NOW, waiting=lambda: queued)
    assert (found.state, blames in found.todo) == (state, True)


@pytest.mark.django_db
def test_each_part_answers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parts.database().state == GOOD
    assert parts.backup().state == WARN
    settings.IS_PRODUCTION = True
    assert parts.backup().state == BAD
    assert parts.heartbeat().state == BAD
    assert parts.disk().state in (GOOD, WARN)
    monkeypatch.setattr(parts, "LEAST_FREE", 2**60)
    assert parts.disk().state == BAD


@pytest.mark.django_db
def test_numbers_tell_no_identity(cast: Cast, client: Client, monitor: Settings, still_clock: time_machine.Traveller) -> None:
    audit.append(
        action="access.denied", target_kind="site", target_pk="1", by=cast.nurse, now=NOW - timedelta(hours=1), site=cast.riverside, changes={}
    )
    Heartbeat.objects.create(name="watchman", beat_at=NOW - timedelta(seconds=90))
    for _ in range(2):
        count_task("sessions.tasks.watch", TaskTally.Outcome.DONE, now=NOW)
    client.get("/riverside/staff/?secret=hunter2")
    client.get("/nowhere/at/all/")
    told = client.get("/metrics").content.decode()
    for line in (
        'vigil_requests_total{method="GET",status="302",view="staff"}',
        'vigil_requests_total{method="GET",status="404",view="none"}',
        'vigil_request_seconds_bucket{le="0.1",view="staff"}',
        'vigil_outbox_messages{state="due"} 0.0',
        "vigil_outbox_oldest_waiting_seconds 0.0",
        "vigil_overdue_checks 0.0",
        'vigil_forms_open{state="owed"} 0.0',
        'vigil_heartbeat_age_seconds{part="watchman"} 90.0',
        f'vigil_audit_head_age_seconds{{chain="site:{cast.riverside.pk}"}} 3600.0',
        'vigil_tasks_total{outcome="done",task="sessions.tasks.watch"} 2.0',
        "vigil_house_up 1.0",
    ):
        assert line in told
    assert not any(word in told for word in ("hunter2", "nowhere", "Nora", "Riverside", "riverside"))


@pytest.mark.django_db
def test_numbers_cost_the_same_with_more_rows(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(40):
        names = [metric.name for metric in HouseCollector().collect()]
    assert len(names) == len(set(names)) > 8


@pytest.mark.django_db
def test_without_a_database_the_numbers_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from config.operating import house

    def fails(now: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(house, "PARTS", (fails,))
    registry = CollectorRegistry()
    registry.register(HouseCollector())
    assert registry.get_sample_value("vigil_house_up") == 0


@pytest.mark.django_db
def test_metrics_are_off_unless_they_were_asked_for(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
