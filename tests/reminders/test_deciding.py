"""What a person decides about messages, and whether the outbox adds up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice
from reminders.actions.balancing import check_balance
from reminders.actions.deciding import close_message, send_again
from reminders.actions.sweep import sweep
from reminders.models import OutboxMessage
from reminders.queries.balance import UNBALANCED, balance_of
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state


@pytest.fixture
def message(cast: Cast) -> OutboxMessage:
    at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))
    sweep(now=NOW)
    OutboxMessage.objects.filter(kind="day_before").update(status="unknown", why="The line broke.", provider="smtp", began_at=NOW, attempts=1)
    return OutboxMessage.objects.get(kind="day_before")


def test_sent_again_it_is_a_new_copy_under_a_new_key(message: OutboxMessage, cast: Cast) -> None:
    old = message.key
    send_again(message, by=cast.desk, now=NOW)
    message.refresh_from_db()
    assert (message.status, message.round, message.why) == ("due", 2, "")
    assert message.key != old
    assert AuditEntry.objects.filter(action="message.again").count() == 1
    with pytest.raises(Refused, match="nothing to decide"):
        send_again(message, by=cast.desk, now=NOW)


def test_too_late_it_is_not_sent_again(message: OutboxMessage, cast: Cast) -> None:
    with pytest.raises(Refused, match="Call the patient"):
        send_again(message, by=cast.desk, now=message.useless_at)


@pytest.mark.parametrize(("how", "why"), [("called", "called instead"), ("left", "decided to leave")])
def test_called_or_left_it_never_comes_back(message: OutboxMessage, cast: Cast, how: str, why: str) -> None:
    close_message(message, how=how, by=cast.desk, now=NOW)
    close_message(message, how=how, by=cast.desk, now=NOW)
    message.refresh_from_db()
    assert (message.status, message.withdrawal) == ("withdrawn", "left")
    assert why in message.why
    assert sweep(now=NOW)["returned"] == 0
    assert AuditEntry.objects.filter(action=f"message.{how}").count() == 1


def test_the_desk_decides_on_the_page(message: OutboxMessage, cast: Cast, sign_in: Callable[..., Client]) -> None:
    desk = sign_in(cast.desk)
    assert "Send again" in desk.get("/riverside/messages/?status=unknown").content.decode()
    answer = desk.post(f"/riverside/messages/{message.pk}/again/", {"status": "unknown"})
    assert (answer.status_code, answer["Location"]) == (303, "/riverside/messages/?status=unknown")
    assert desk.post(f"/riverside/messages/{message.pk}/close/", {"how": "called"}).status_code == 303
    assert "nothing to decide" in desk.get("/riverside/messages/").content.decode()
    assert desk.post(f"/riverside/messages/{message.pk}/close/", {"how": "shouted"}).status_code == 303


def test_it_adds_up(message: OutboxMessage, cast: Cast) -> None:
    found = balance_of(cast.riverside, NOW)
    assert (found.owed, found.missing, found.stuck) == (2, 0, 0)
    assert found.owed == sum(found.states.values())
    assert (found.states["unknown"], found.states["due"]) == (1, 1)


def test_a_lost_row_and_a_stuck_one_are_a_notice_until_they_are_gone(message: OutboxMessage, cast: Cast) -> None:
    OutboxMessage.objects.filter(pk=message.pk).delete()
    found = balance_of(cast.riverside, NOW)
    assert (found.owed, found.missing) == (2, 1)
    # The check makes a round of the sweep first, which mends what was lost; what is stuck stays.
    OutboxMessage.objects.filter(kind="morning").update(due_at=NOW - timedelta(minutes=16))
    check_balance(now=NOW)
    assert "1 wait longer" in Notice.objects.get(kind=UNBALANCED, resolved_at=None).text
    OutboxMessage.objects.filter(kind="morning").update(due_at=NOW)
    check_balance(now=NOW)
    assert not Notice.objects.filter(kind=UNBALANCED, resolved_at=None).exists()
