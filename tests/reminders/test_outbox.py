"""The outbox: derived from the schedule, claimed once, settled under its fence."""

import socket
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Heartbeat
from reminders.actions import send
from reminders.actions.send import begin, claim, send_due
from reminders.actions.settling import settle
from reminders.actions.sweep import sweep
from reminders.channels.mail import MailChannel
from reminders.channels.outcomes import REFUSED, SENT, UNCLEAR, Outcome, Text
from reminders.models import OutboxMessage, SendAttempt
from reminders.queries import fitting
from reminders.queries.messages import counts
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.sessions import at_state
from tests.support.smtp import Inbox

TOMORROW = NOW + timedelta(hours=25)


@pytest.fixture
def visit(cast: Cast) -> TreatmentSession:
    return at_state(Status.BOOKED, cast, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3))


@pytest.fixture
def mail(settings: LazySettings, inbox: Inbox) -> Inbox:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", inbox.port, False
    return inbox


def only() -> OutboxMessage:
    """The reminder of the day before; the one of the morning waits beside it."""
    return OutboxMessage.objects.get(kind="day_before")


def test_a_visit_of_tomorrow_gets_one_message_however_often_the_sweep_runs(visit: TreatmentSession) -> None:
    assert sweep(now=NOW)["created"] == 2
    assert sweep(now=NOW)["created"] == 0
    message = only()
    assert (message.status, message.session, message.schedule_version) == ("due", visit, visit.schedule_version)
    assert Heartbeat.objects.get(name="sweep").beat_at == NOW


@pytest.mark.parametrize(
    "told",
    [{"may_email": False}, {"email": ""}, {"status": "paused", "status_reason": "Away"}, {"status": "deceased", "status_reason": "Told by family"}],
)
def test_nobody_who_must_not_be_written_to_gets_a_message(visit: TreatmentSession, told: dict[str, object]) -> None:
    change(type(visit.patient).objects.filter(pk=visit.patient_id), **told)
    assert sweep(now=NOW)["created"] == 0


def test_too_near_a_visit_gets_none(cast: Cast) -> None:
    at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(minutes=50), ends_at=NOW + timedelta(hours=4))
    assert sweep(now=NOW)["created"] == 0


def test_it_reaches_the_inbox_in_neutral_words(visit: TreatmentSession, mail: Inbox) -> None:
    sweep(now=NOW)
    assert send_due(now=NOW) == {"sent": 1}
    (arrived,) = mail.wait_for(1)
    text = f"{arrived['Subject']} {arrived.get_body().get_content()}"  # type: ignore[union-attr]
    assert visit.site.public_name in text
    assert "/v/" in text
    for telling in ("esketamine", "spravato", "ketamine", "depress", "nasal", "drive", visit.patient.last_name, visit.patient.first_name):
        assert telling.lower() not in text.lower()
    message = only()
    assert (message.status, message.sent_at) == ("sent", NOW)
    assert SendAttempt.objects.get().outcome == SENT
    assert Heartbeat.objects.get(name="sender").beat_at == NOW
    assert send_due(now=NOW) == {}


def test_a_spanish_patient_reads_spanish(visit: TreatmentSession, mail: Inbox) -> None:
    type(visit.patient).objects.filter(pk=visit.patient_id).update(language="es")
    sweep(now=NOW)
    send_due(now=NOW)
    (arrived,) = mail.wait_for(1)
    assert arrived["Subject"] == "Su visita de mañana"
    assert "jueves 11 de junio" in arrived.get_body().get_content()  # type: ignore[union-attr]


def test_a_move_withdraws_the_old_message_and_makes_a_new_one(visit: TreatmentSession) -> None:
    sweep(now=NOW)
    later = TOMORROW + timedelta(hours=1)
    TreatmentSession.objects.filter(pk=visit.pk).update(starts_at=later, ends_at=later + timedelta(hours=3), schedule_version=2)
    assert sweep(now=NOW) == {"created": 2, "withdrawn": 2, "returned": 0, "resumed": 0, "unclear": 0}
    rows = OutboxMessage.objects.filter(kind="day_before").values_list("schedule_version", "status")
    assert sorted(rows) == [(1, "withdrawn"), (2, "due")]


def test_a_withdrawn_message_returns_when_its_reason_has_gone(visit: TreatmentSession) -> None:
    sweep(now=NOW)
    patients = type(visit.patient).objects.filter(pk=visit.patient_id)
    patients.update(may_email=False)
    assert sweep(now=NOW)["withdrawn"] == 2
    patients.update(may_email=True)
    assert sweep(now=NOW)["returned"] == 2
    assert only().status == "due"


def test_it_asks_again_at_the_moment_of_sending(visit: TreatmentSession, mail: Inbox) -> None:
    sweep(now=NOW)
    change(TreatmentSession.objects.filter(pk=visit.pk), status=Status.CANCELLED, cancelled_at=NOW, status_reason="Ill")
    assert send_due(now=NOW) == {"withdrawn": 1}
    assert mail.messages == []


def test_quiet_hours_put_it_off(visit: TreatmentSession, mail: Inbox) -> None:
    OutboxMessage.objects.all().delete()
    sweep(now=NOW)
    night = NOW + timedelta(hours=13)
    assert send_due(now=night) == {"due": 1}
    assert only().due_at == NOW + timedelta(hours=22)
    assert mail.messages == []


def test_too_late_to_help_is_withdrawn(visit: TreatmentSession, mail: Inbox) -> None:
    sweep(now=NOW)
    OutboxMessage.objects.update(useless_at=NOW)
    assert send_due(now=NOW) == {"withdrawn": 1}


def test_a_refusal_for_good_fails_at_once(visit: TreatmentSession, mail: Inbox) -> None:
    sweep(now=NOW)
    mail.refuse_with("550 no such person")
    assert send_due(now=NOW) == {"failed": 1}
    assert "for good (550)" in only().why


def test_a_refusal_for_now_is_tried_again_later(visit: TreatmentSession, mail: Inbox) -> None:
    sweep(now=NOW)
    mail.refuse_with("451 try later")
    assert send_due(now=NOW) == {"due": 1}
    assert only().due_at > NOW
    mail.accept()
    assert send_due(now=NOW + timedelta(minutes=1)) == {"sent": 1}
    assert only().attempts == 2


def test_a_mail_server_that_is_down_loses_nothing(visit: TreatmentSession, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    sweep(now=NOW)
    assert send_due(now=NOW) == {"due": 1}
    assert "can't be reached" in only().why


def test_two_workers_claim_it_once(visit: TreatmentSession) -> None:
    sweep(now=NOW)
    (message,) = claim(now=NOW)
    assert (message.fence, only().fence, only().status) == (1, 1, "sending")
    assert claim(now=NOW) == []


def test_a_worker_that_died_while_sending_leaves_it_unclear_and_it_is_not_repeated(visit: TreatmentSession, mail: Inbox) -> None:
    sweep(now=NOW)
    (message,) = claim(now=NOW)
    assert begin(message, None, provider="smtp", now=NOW)[1] is None
    after = NOW + timedelta(minutes=5)
    done = sweep(now=after)
    assert (done["unclear"], done["resumed"]) == (1, 0)
    assert only().status == "unknown"
    assert send_due(now=after) == {}
    assert mail.messages == []


def test_a_worker_that_died_before_it_began_costs_nothing_but_time(visit: TreatmentSession, mail: Inbox) -> None:
    sweep(now=NOW)
    claim(now=NOW)
    after = NOW + timedelta(minutes=5)
    assert sweep(now=after)["resumed"] == 1
    assert send_due(now=after) == {"sent": 1}
    assert len(mail.messages) == 1


def test_a_late_answer_of_the_lost_worker_is_believed(visit: TreatmentSession) -> None:
    sweep(now=NOW)
    (message,) = claim(now=NOW)
    begin(message, None, provider="smtp", now=NOW)
    sweep(now=NOW + timedelta(minutes=5))
    assert settle(message, Outcome(SENT), now=NOW + timedelta(minutes=6)) == "sent"
    assert only().status == "sent"


def test_a_worker_whose_claim_was_taken_over_writes_nothing_but_its_attempt(visit: TreatmentSession, mail: Inbox) -> None:
    sweep(now=NOW)
    (late,) = claim(now=NOW)
    after = NOW + timedelta(minutes=5)
    sweep(now=after)
    assert send_due(now=after) == {"sent": 1}
    assert begin(late, None, provider="smtp", now=after)[1] is not None
    settle(late, Outcome(REFUSED, "No"), now=after)
    assert only().status == "sent"
    assert SendAttempt.objects.count() == 2


def test_a_line_that_breaks_while_sending_is_unclear(visit: TreatmentSession, mail: Inbox) -> None:
    channel = MailChannel()
    channel.connection.open()
    channel.connection.connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]
    outcome = channel.deliver(to="a@patients.example", text=Text("Hello", "Hello", "en"), key="k")
    assert outcome.kind == UNCLEAR
    assert "lost while sending" in outcome.detail


def test_the_sweep_costs_the_same_for_one_visit_and_for_thirty(cast: Cast) -> None:
    def cost(count: int) -> int:
        for minutes in range(count):
            at_state(Status.BOOKED, cast, starts_at=TOMORROW + timedelta(minutes=minutes), ends_at=TOMORROW + timedelta(hours=3))
        with CaptureQueriesContext(connection) as queries:
            assert sweep(now=NOW)["created"] == 2 * count
        return len(queries)

    sweep(now=NOW)
    # SQLite writes sixty rows in two statements.
    assert cost(30) <= cost(1) + 1


def test_withdrawing_searches_no_list_once_a_row(db: None) -> None:
    """A list of all that fit outgrew the database's memory at 60,000 messages, and was searched anew for each of them."""
    plan = fitting.that_no_longer_fit().explain()
    assert ("Anti Join" if connection.vendor == "postgresql" else "SEARCH W0 USING INTEGER PRIMARY KEY") in plan


def test_counts_hold_every_state(visit: TreatmentSession) -> None:
    sweep(now=NOW)
    assert counts(visit.site_id) == {"due": 2, "sending": 0, "sent": 0, "failed": 0, "unknown": 0, "withdrawn": 0}


def test_a_message_that_cannot_be_written_fails_and_the_others_go(visit: TreatmentSession, mail: Inbox, cast: Cast) -> None:
    at_state(Status.BOOKED, cast, starts_at=TOMORROW + timedelta(minutes=1), ends_at=TOMORROW + timedelta(hours=3))
    sweep(now=NOW)
    type(visit.patient).objects.filter(pk=visit.patient_id).update(time_zone="Nowhere/Atlantis")
    assert send_due(now=NOW) == {"failed": 1, "sent": 1}
    assert "can't be written" in OutboxMessage.objects.get(status="failed").why
    assert len(mail.messages) == 1


def test_a_worker_whose_time_is_up_fails_no_message(visit: TreatmentSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_long(*args: object, **more: object) -> None:
        raise SoftTimeLimitExceeded

    sweep(now=NOW)
    monkeypatch.setattr(send, "written", too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        send_due(now=NOW)
    assert {row.status for row in OutboxMessage.objects.all()} == {"due"}
