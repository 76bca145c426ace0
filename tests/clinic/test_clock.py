"""The one clock: moved by a row in tests and demonstrations, never in production."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from clinic import clock
from clinic.models import ClockOffset
from tests.moment import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_now(still_clock: time_machine.Traveller) -> None:
    """The machine's own clock stands at NOW."""


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now() == NOW
    assert clock.now().tzinfo is UTC


def test_the_offset_moves_now_and_adds_up() -> None:
    clock.move(timedelta(hours=2))
    clock.move(timedelta(minutes=-30))
    assert clock.now() == NOW + timedelta(minutes=90)
    assert clock.offset() == timedelta(minutes=90)
    assert ClockOffset.objects.get().seconds == 5400


def test_there_is_one_offset_only() -> None:
    clock.move(timedelta(hours=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockOffset.objects.create(id=2, seconds=60)


def test_production_neither_moves_nor_reads_an_offset(settings: Any) -> None:
    clock.move(timedelta(hours=2))
    settings.VIGIL_CLOCK_MAY_MOVE = False
    assert clock.now() == NOW
    assert clock.offset() == timedelta(0)
    with pytest.raises(RuntimeError, match="production"):
        clock.move(timedelta(seconds=1))


def test_a_request_lives_in_one_moment_of_the_moved_clock(client) -> None:
    clock.move(timedelta(hours=2))
    response = client.get("/healthz")
    assert datetime.fromisoformat(response["X-Server-Now"]) == NOW + timedelta(hours=2)
