"""What came back: which refusals speak of the address, what stops by them, and how it goes on; through real servers."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from clinic.models import AuditEntry
from patients.models import MessageConsent, Patient
from reminders.actions.send import send_due
from reminders.actions.sweep import sweep
from reminders.channels.http import KeyedChannel, TwilioChannel
from reminders.channels.outcomes import RETRY, SENT, Text
from reminders.channels.providers import open_channel
from reminders.models import OutboxMessage, Reinstatement, SiteMessaging, Undeliverable
from reminders.queries.balance import balance_of
from reminders.rules.returns import keyed_report, mail_report, twilio_report
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state
from tests.support.smtp import Inbox
from tests.support.texting import Phones, running_phones, signed, text_in

NUMBER = "+15185550123"


@pytest.mark.parametrize(
    ("code", "words", "is_of_recipient", "is_dead"),
    [
        (550, "5.1.1 <x@y.example>: Recipient address rejected: User unknown", True, True),
        (550, "5.1.1 no such user", False, True),
        (550, "5.2.1 The email account that you tried to reach is inactive", True, True),
        (556, "5.1.10 Recipient address has null MX", True, True),
        (550, "no such person", True, True),
        (550, "no such person", False, False),
        (550, "Requested action not taken: mailbox unavailable", True, True),
        (553, "mailbox name not allowed: unknown", True, True),
        (550, "5.7.1 Unable to relay", True, False),
        (550, "relaying denied for this user", True, False),
        (550, "User blocked by policy", True, False),
        (552, "mailbox full", True, False),
        (552, "5.2.2 Mailbox full", True, False),
        (554, "no such user", True, False),
        (550, "", True, False),
    ],
)
def test_which_refusals_of_a_mail_server_speak_of_the_address(code: int, words: str, is_of_recipient: bool, is_dead: bool) -> None:
    report = mail_report(code, words, is_of_recipient=is_of_recipient)
    assert (report.is_for_good, bool(report.why), report.is_opt_out, report.status) == (is_dead, is_dead, False, "refused")


@pytest.mark.parametrize(
    ("code", "is_dead", "is_opt_out"),
    [("21211", True, False), ("21614", True, False), ("21635", True, False), ("30006", True, False), ("21610", False, True), ("21408", False, False), ("30003", False, False), ("", False, False)],
)  # fmt: skip
def test_which_codes_of_a_text_provider_speak_of_the_number(code: str, is_dead: bool, is_opt_out: bool) -> None:
    report = twilio_report("refused", code)
    assert (report.is_for_good, report.is_opt_out, bool(report.why)) == (is_dead, is_opt_out, is_dead)
    assert not twilio_report("sent", code).is_for_good
    assert not twilio_report("delivered", code).is_opt_out
    assert keyed_report("refused", code, is_permanent=is_dead, is_opt_out=is_opt_out).is_for_good == is_dead
    assert keyed_report("delivered", code, is_permanent=True, is_opt_out=True).is_opt_out is False


@pytest.fixture
def visit(cast: Cast) -> TreatmentSession:
    return at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))


@pytest.fixture
def phones(settings: LazySettings, cast: Cast, visit: TreatmentSession) -> Iterator[Phones]:
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+15185550199", changed_at=NOW, changed_by=cast.admin)
    Patient.objects.filter(pk=visit.patient_id).update(text_consent="express", may_email=False)
    with running_phones() as running:
        settings.VIGIL_TEXT_URL, settings.VIGIL_TEXT_TOKEN = running.url, "test-token"
        yield running


def test_a_mailbox_that_isn_t_there_is_written_to_no_more_until_somebody_mends_it(
    visit: TreatmentSession, settings: LazySettings, inbox: Inbox, cast: Cast, sign_in: Callable[..., Client]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", inbox.port, False
    sweep(now=NOW)
    inbox.refuse_with("550 5.1.1 no such user")
    assert send_due(now=NOW) == {"failed": 1}
    given_up = Undeliverable.objects.get()
    assert (given_up.address, given_up.why) == (visit.patient.email, "there is no such mailbox.")
    assert sweep(now=NOW)["withdrawn"] == 1
    assert balance_of(visit.site, NOW).is_even
    desk, path = sign_in(cast.desk), "/riverside/messages/unreachable/"
    page = desk.get(path).content.decode()
    assert visit.patient.email in page
    assert "There is no such mailbox." in page
    for _ in range(2):
        assert desk.post(f"{path}{given_up.pk}/works/").status_code == 303
    assert Reinstatement.objects.count() == 1
    assert list(AuditEntry.objects.filter(action__startswith="message.").values_list("action", flat=True).order_by("seq")) == [
        "message.undeliverable",
        "message.reinstated",
    ]
    assert "Every address works" in desk.get(path).content.decode()
    assert sweep(now=NOW)["returned"] == 1
    # It comes back once more: the same message says so again.
    failed = OutboxMessage.objects.get(status="failed")
    desk.post(f"/riverside/messages/{failed.pk}/returned/")
    desk.post(f"/riverside/messages/{failed.pk}/returned/")
    assert Undeliverable.objects.filter(reinstatement__isnull=True).count() == 1


def test_a_policy_of_the_mail_server_is_no_fault_of_the_address(visit: TreatmentSession, settings: LazySettings, inbox: Inbox) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", inbox.port, False
    sweep(now=NOW)
    inbox.refuse_with("550 5.7.1 relaying denied")
    assert send_due(now=NOW) == {"failed": 1}
    assert not Undeliverable.objects.exists()


def test_a_number_that_the_provider_refuses_is_texted_no_more(visit: TreatmentSession, phones: Phones) -> None:
    sweep(now=NOW)
    phones.mood, phones.words = "400", {"code": "21614", "permanent": True}
    assert send_due(now=NOW) == {"failed": 1}
    assert Undeliverable.objects.get().why == "its provider says so (21614)."
    assert sweep(now=NOW)["withdrawn"] == 1


def test_who_has_stopped_at_the_provider_is_asked_no_more_until_start(
    visit: TreatmentSession, phones: Phones, client: Client, still_clock: object
) -> None:
    sweep(now=NOW)
    phones.mood, phones.words = "400", {"code": "21610", "opted_out": True}
    assert send_due(now=NOW) == {"failed": 1}
    assert not Undeliverable.objects.exists()
    assert Patient.objects.get(pk=visit.patient_id).text_consent == "none"
    assert MessageConsent.objects.get(answer="no").how == "text"
    assert not OutboxMessage.objects.filter(status="due").exists()
    assert text_in(client, id="s1", body="START", at=NOW).status_code == 204
    assert Patient.objects.get(pk=visit.patient_id).text_consent != "none"


def test_a_later_word_of_the_provider_that_they_stopped_is_a_stop(
    visit: TreatmentSession, phones: Phones, client: Client, still_clock: object
) -> None:
    sweep(now=NOW)
    assert send_due(now=NOW) == {"sent": 1}
    message = OutboxMessage.objects.get(status="sent")
    told = {"key": message.key, "status": "failed", "code": "x", "opted_out": True}
    assert signed(client, "/hooks/text/http/status/", told, at=NOW).status_code == 204
    assert Patient.objects.get(pk=visit.patient_id).text_consent == "none"


def test_twilio_s_own_words_are_read(phones: Phones) -> None:
    channel = TwilioChannel(url=phones.url, sender="+15185550199", account="AC1", token="t")
    for said, is_dead, is_opt_out in (
        (b'{"code": 21614, "status": 400}', True, False),
        (b'{"code": 21610}', False, True),
        (b"<html>", False, False),
        (b"[1]", False, False),
    ):
        report = channel.answered(400, said).report
        assert report is not None
        assert (report.is_for_good, report.is_opt_out) == (is_dead, is_opt_out)
    channel.close()


def test_doors(visit: TreatmentSession, cast: Cast, sign_in: Callable[..., Client], client: Client) -> None:
    path = "/riverside/messages/unreachable/"
    assert client.get(path).status_code == 302
    assert sign_in(cast.support).get(path).status_code == 403
    assert sign_in(cast.stranger).get(path).status_code == 404


def test_a_demonstration_keeps_its_texts_as_files(tmp_path: Path, settings: LazySettings) -> None:
    settings.VIGIL_DEMONSTRATION, settings.VIGIL_TEXT_URL = True, (tmp_path / "texts").as_uri()
    channel = open_channel("http", "+15185550100")
    said = Text(subject="", body="See you", language="en")
    for _ in range(2):
        assert channel.deliver(to=NUMBER, text=said, key="k-1").kind == SENT
    (kept,) = (tmp_path / "texts").iterdir()
    assert kept.read_text() == f"From: +15185550100\nTo: {NUMBER}\n\nSee you\n"
    channel.close()
    settings.VIGIL_TEXT_URL = (tmp_path / "texts" / "k-1.txt" / "no").as_uri()
    assert open_channel("http", "").deliver(to=NUMBER, text=said, key="k-2").kind == RETRY
    settings.VIGIL_DEMONSTRATION = False
    assert isinstance(open_channel("http", ""), KeyedChannel)
