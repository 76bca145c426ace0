"""The messages page: who sees it, what it shows, what it costs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reminders.actions.sweep import sweep
from reminders.models import OutboxMessage
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state

PATH = "/riverside/messages/"


@pytest.fixture
def message(cast: Cast) -> OutboxMessage:
    at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))
    sweep(now=NOW)
    return OutboxMessage.objects.get(kind="day_before")


def test_the_desk_sees_what_waits(message: OutboxMessage, cast: Cast, sign_in: Callable[..., Client]) -> None:
    text = sign_in(cast.desk).get(PATH).content.decode()
    assert str(message.patient) in text
    assert "Waiting" in text


def test_a_filter_shows_one_state(message: OutboxMessage, cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.desk)
    assert str(message.patient) not in client.get(PATH, {"status": "sent"}).content.decode()
    assert str(message.patient) in client.get(PATH, {"status": "nonsense\x00"}).content.decode()


def test_support_staff_may_not(message: OutboxMessage, cast: Cast, sign_in: Callable[..., Client]) -> None:
    assert sign_in(cast.support).get(PATH).status_code == 403


def test_another_sites_page_is_hidden(message: OutboxMessage, cast: Cast, sign_in: Callable[..., Client]) -> None:
    assert sign_in(cast.stranger).get(PATH).status_code == 404


def test_signed_out_goes_to_the_sign_in_page(message: OutboxMessage, client: Client) -> None:
    assert client.get(PATH).status_code == 302


def test_thirty_messages_cost_what_one_costs(cast: Cast, sign_in: Callable[..., Client], django_assert_num_queries: object) -> None:
    client = sign_in(cast.desk)

    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as context:
            client.get(PATH)
        return len(context)

    at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))
    sweep(now=NOW)
    client.get(PATH)
    one = queries()
    for minutes in range(30):
        at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=25, minutes=minutes), ends_at=NOW + timedelta(hours=28))
    sweep(now=NOW)
    assert queries() == one
