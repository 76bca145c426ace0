"""Texts of patients: kept once, stopping at once, answered once, taken by a person."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice
from patients.models import MessageConsent, Patient
from reminders.actions.handling import handle_text
from reminders.actions.send import claim, send_due, send_one
from reminders.actions.sweep import sweep
from reminders.answers import said, words
from reminders.channels.providers import opened
from reminders.models import InboundText, OutboxMessage, SiteMessaging, TextHandling, Undeliverable
from reminders.queries.inbound import has_stopped, inbound_of
from reminders.rules.answers import Answer
from reminders.rules.signing import twilio_signature
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.patients import PatientFactory
from tests.factories.sessions import at_state
from tests.support.texting import Phones, running_phones, signed, text_in

NUMBER = "+15185550123"
GSM7 = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")


@pytest.fixture
def phones(settings: LazySettings) -> Iterator[Phones]:
    with running_phones() as running:
        settings.VIGIL_TEXT_URL, settings.VIGIL_TEXT_TOKEN = running.url, "test-token"
        yield running


@pytest.fixture
def visit(cast: Cast, still_clock: Any) -> TreatmentSession:
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+1 518 555 0199", changed_at=NOW, changed_by=cast.admin)
    made = at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))
    Patient.objects.filter(pk=made.patient_id).update(text_consent="express", may_email=False)
    return made


def texted(client: Client, body: str, *, id: str = "m1", **more: str) -> InboundText:
    assert text_in(client, id=id, body=body, at=NOW, **more).status_code == 204
    return InboundText.objects.get(provider_id=id)


def answer() -> OutboxMessage:
    return OutboxMessage.objects.get(kind="answer")


def test_stop_stops_everybody_with_the_number_at_once(visit: TreatmentSession, phones: Phones, client: Client, cast: Cast) -> None:
    twin = PatientFactory(site=cast.riverside, text_consent="given")
    elsewhere = PatientFactory(site=cast.hillcrest, text_consent="given")
    sweep(now=NOW)
    text = texted(client, "Stop!")
    assert set(Patient.objects.filter(text_consent="none")) == {visit.patient, twin}
    assert elsewhere.text_consent == "given"
    assert {sender.patient for sender in text.senders.all()} == {visit.patient, twin}
    assert set(OutboxMessage.objects.exclude(kind="answer").values_list("status", "withdrawal")) == {("withdrawn", "changed")}
    assert MessageConsent.objects.filter(how="text", answer="no").count() == 2
    assert send_due(now=NOW) == {"sent": 1}
    (one,) = phones.delivered
    assert "no more texts" in one["body"]
    assert "Stop" not in str(list(AuditEntry.objects.values_list("body", flat=True)))


def test_a_repeated_webhook_has_one_effect(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    for _ in range(2):
        texted(client, "STOP")
    texted(client, "STOP", id="m2")
    assert InboundText.objects.count() == 2
    assert OutboxMessage.objects.filter(kind="answer").count() == 1
    assert MessageConsent.objects.filter(how="text").count() == 1


def test_what_a_worker_has_claimed_isn_t_sent_after_stop(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    sweep(now=NOW)
    (claimed,) = claim(now=NOW)
    texted(client, "please stop texting me")
    with opened() as providers:
        assert send_one(claimed, SiteMessaging.objects.get(), providers=providers, now=NOW) == "withdrawn"
    assert phones.delivered == []


def test_start_brings_back_what_stood_before(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    MessageConsent.objects.create(
        site=visit.site,
        patient=visit.patient,
        channel="text",
        answer="express",
        observed_at=NOW,
        recorded_at=NOW - timedelta(0),
        recorded_by=visit.booked_by,
    )
    sweep(now=NOW)
    texted(client, "STOP")
    assert has_stopped(visit.site_id, NUMBER)
    texted(client, "yes", id="m2")
    assert Patient.objects.get(pk=visit.patient_id).text_consent == "express"
    assert not has_stopped(visit.site_id, NUMBER)
    assert sweep(now=NOW)["returned"] == 2


@pytest.mark.parametrize("told", [{"text_consent": "none"}, {"status": "paused", "status_reason": "Away"}, {"language": "es"}])
def test_a_crisis_is_answered_at_any_hour_whatever_stands_in_the_chart(
    visit: TreatmentSession, phones: Phones, client: Client, told: dict[str, str], still_clock: Any
) -> None:
    change(Patient.objects.filter(pk=visit.patient_id), **told)
    night = NOW + timedelta(hours=13)
    still_clock.move_to(night)
    assert text_in(client, id="m1", body="I want to die", at=night).status_code == 204
    assert send_due(now=night) == {"sent": 1}
    (one,) = phones.delivered
    assert "988" in one["body"]
    assert "911" in one["body"]
    assert ("Nadie" in one["body"]) is (told.get("language") == "es")
    assert Notice.objects.get(kind="text_crisis").due_at == night


def test_a_number_of_nobody_is_answered_and_read_too(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    texted(client, "suicidal", number="+15185559999")
    assert answer().patient is None
    assert send_due(now=NOW) == {"sent": 1}
    assert phones.to("+15185559999")


def test_machines_don_t_talk_for_long(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    for turn in range(5):
        texted(client, "HELP", id=f"h{turn}")
        texted(client, "988 911", id=f"c{turn}")
    assert OutboxMessage.objects.filter(kind="answer").count() == 1 + 3


def test_an_answer_counts_for_no_limit(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    SiteMessaging.objects.update(texts_per_week=1)
    sweep(now=NOW)
    texted(client, "HELP")
    assert send_due(now=NOW) == {"sent": 2}


@pytest.mark.parametrize("answer", list(Answer))
@pytest.mark.parametrize("language", ["en", "es"])
def test_answers_fit_one_text_in_letters_of_every_phone(answer: Answer, language: str) -> None:
    sentence = said(answer, language, place="Riverside Wellness and Recovery Center of the Upper Hudson", phone="(518) 555-0100")
    assert len(sentence) <= 160
    assert set(sentence) <= GSM7
    assert "(518) 555-0100" in sentence
    assert set(words()) == {*Answer, "version"}


def test_a_text_to_be_read_waits_for_the_desk_and_then_calls_a_clinician(
    visit: TreatmentSession, phones: Phones, client: Client, cast: Cast, sign_in: Callable[..., Client], still_clock: Any
) -> None:
    text = texted(client, "I am late")
    assert not OutboxMessage.objects.filter(kind="answer").exists()
    nurse = sign_in(cast.nurse)
    assert "nobody has read" not in nurse.get("/riverside/").content.decode()
    still_clock.shift(timedelta(minutes=15))
    assert "nobody has read" in nurse.get("/riverside/").content.decode()
    desk = sign_in(cast.desk)
    page = desk.get("/riverside/messages/replies/").content.decode()
    assert "I am late" in page
    assert "Unread too long" in page
    assert desk.post(f"/riverside/messages/replies/{text.pk}/", {"how": "tried", "note": ""}).status_code == 422
    assert desk.post(f"/riverside/messages/replies/{text.pk}/", {"how": "reached", "note": "Comes at 3"}).status_code == 303
    assert "nobody has read" not in nurse.get("/riverside/").content.decode()
    assert "Comes at 3" in desk.get("/riverside/messages/replies/").content.decode()
    assert list(inbound_of(visit.patient)) == [text]
    assert AuditEntry.objects.filter(action="text.handled").count() == 1


def test_a_crisis_is_a_clinicians(visit: TreatmentSession, phones: Phones, client: Client, cast: Cast, sign_in: Callable[..., Client]) -> None:
    texted(client, "I give up")
    text = texted(client, "Are you there?", id="m2")
    assert "words of a crisis" in sign_in(cast.nurse).get("/riverside/").content.decode()
    assert "words of a crisis" not in sign_in(cast.desk).get("/riverside/").content.decode()
    with pytest.raises(Refused, match="clinician"):
        handle_text(text, how="reached", note="", by=cast.desk, now=NOW, is_clinician=False)
    assert not TextHandling.objects.exists()
    desk = sign_in(cast.desk).post(f"/riverside/messages/replies/{text.pk}/", {"how": "nothing", "note": ""})
    assert desk.status_code == 422
    nurse = sign_in(cast.nurse)
    for _ in range(2):
        assert nurse.post(f"/riverside/messages/replies/{text.pk}/", {"how": "reached", "note": "Safe, sister is there"}).status_code == 303
    assert TextHandling.objects.count() == 2
    assert not Notice.objects.filter(resolved_at__isnull=True).exists()


@pytest.mark.parametrize(
    "told", [None, [], "x", {}, {"id": "a"}, {"id": 1, "from": 2, "to": 3, "body": 4}, {"id": "a", "from": "+1", "to": NUMBER, "body": "x"}]
)
def test_signed_junk_is_refused_without_a_trace(visit: TreatmentSession, phones: Phones, client: Client, told: object) -> None:
    assert signed(client, "/hooks/text/http/", told, at=NOW).status_code == 400
    assert signed(client, "/hooks/text/http/status/", told, at=NOW).status_code == 400
    assert not InboundText.objects.exists()


def test_odd_bodies_are_kept(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    texted(client, "\x00stop\ud83d" + "é" * 9000)
    assert len(InboundText.objects.get().body) == 4000


def test_who_can_t_sign_learns_nothing_and_costs_no_query(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    """But for the movable clock of tests."""
    told = {"id": "m1", "from": NUMBER, "to": "+15185550199", "body": "STOP"}
    with CaptureQueriesContext(connection) as queries:
        answers = [
            signed(client, "/hooks/text/http/", told, at=NOW, token="wrong"),
            signed(client, "/hooks/text/http/", told, at=NOW - timedelta(minutes=6)),
            signed(client, "/hooks/text/nobody/", told, at=NOW),
            signed(client, "/hooks/text/twilio/", told, at=NOW),
            signed(client, "/hooks/text/http/status/", told, at=NOW, token="wrong"),
            signed(client, "/hooks/text/http/", "x" * 70_000, at=NOW),
            client.post("/hooks/text/http/", b"\xff\xfe", content_type="application/octet-stream"),
            client.post("/hooks/text/http/", b"x", content_type="application/json", CONTENT_LENGTH="²"),
            client.post("/hooks/text/twilio/", b"--x\r\n\xff", content_type="multipart/form-data; boundary=y"),
        ]
    assert [query["sql"] for query in queries if "clockoffset" not in query["sql"]] == []
    assert {(one.status_code, one.content) for one in answers} == {(403, b"Forbidden.")}
    assert client.get("/hooks/text/http/").status_code == 405
    assert not InboundText.objects.exists()


@pytest.mark.parametrize(("more", "answers"), [({}, 0), ({"Body": "help"}, 1), ({"Body": "help", "OptOutType": "HELP"}, 0)])
def test_twilio_confirms_its_own_words_itself(
    visit: TreatmentSession, client: Client, settings: LazySettings, more: dict[str, str], answers: int
) -> None:
    settings.VIGIL_TWILIO_TOKEN = "secret"
    SiteMessaging.objects.update(provider="twilio")
    told = {"MessageSid": "SM1", "From": NUMBER, "To": "+15185550199", "Body": "STOP", **more}
    signature = twilio_signature("secret", settings.VIGIL_ORIGIN + "/hooks/text/twilio/", {name: [value] for name, value in told.items()})
    response = client.post("/hooks/text/twilio/", told, headers={"X-Twilio-Signature": signature})
    assert (response.status_code, response.content) == (200, b"<Response/>")
    assert OutboxMessage.objects.filter(kind="answer").count() == answers
    assert client.post("/hooks/text/twilio/", {**told, "Body": "x"}, headers={"X-Twilio-Signature": signature}).status_code == 403


def test_a_dead_number_is_texted_no_more_until_it_is_changed(
    visit: TreatmentSession, phones: Phones, client: Client, cast: Cast, sign_in: Callable[..., Client]
) -> None:
    sweep(now=NOW)
    assert send_due(now=NOW) == {"sent": 1}
    message = OutboxMessage.objects.get(status="sent")
    told = {"key": message.key, "status": "undelivered", "code": "30005", "permanent": True}
    for _ in range(2):
        assert signed(client, "/hooks/text/http/status/", told, at=NOW).status_code == 204
    message.refresh_from_db()
    assert message.status == "failed"
    assert "30005" in message.why
    assert Undeliverable.objects.get().address == NUMBER
    assert sweep(now=NOW)["withdrawn"] == 1
    assert sign_in(cast.desk).get("/riverside/messages/?status=failed").status_code == 200
    change(Patient.objects.filter(pk=visit.patient_id), phone="+15185550124")
    assert sweep(now=NOW)["returned"] == 1


@pytest.mark.parametrize("key", ["x", "a-1", "0" * 32 + "-1", "z" * 32 + "-1", "0" * 32 + "-99999"])
def test_a_report_about_nothing_of_ours_is_forgotten(visit: TreatmentSession, phones: Phones, client: Client, key: str) -> None:
    assert signed(client, "/hooks/text/http/status/", {"key": key, "status": "failed"}, at=NOW).status_code == 204


def test_the_desk_says_that_a_mail_bounced(visit: TreatmentSession, cast: Cast, sign_in: Callable[..., Client]) -> None:
    Patient.objects.filter(pk=visit.patient_id).update(may_email=True, text_consent="none")
    sweep(now=NOW)
    message = OutboxMessage.objects.get(kind="day_before", channel="email")
    desk, path = sign_in(cast.desk), f"/riverside/messages/{message.pk}/returned/"
    desk.post(path)
    assert not Undeliverable.objects.exists()
    OutboxMessage.objects.filter(pk=message.pk).update(status="sent", sent_at=NOW)
    assert "It bounced" in desk.get("/riverside/messages/?status=sent").content.decode()
    for _ in range(2):
        assert desk.post(path).status_code == 303
    assert Undeliverable.objects.get().address == visit.patient.email
    assert AuditEntry.objects.filter(action="message.undeliverable").count() == 1
    assert sweep(now=NOW)["withdrawn"] == 1


def test_strangers_and_wrong_roles_read_nothing(
    visit: TreatmentSession, phones: Phones, client: Client, cast: Cast, sign_in: Callable[..., Client]
) -> None:
    text = texted(client, "I am late")
    for path in ("/riverside/messages/replies/", f"/riverside/messages/replies/{text.pk}/"):
        assert client.get(path).status_code == 302
        assert sign_in(cast.support).get(path).status_code == 403
        assert sign_in(cast.stranger).get(path).status_code == 404
    assert sign_in(cast.desk).post(f"/riverside/messages/replies/{text.pk}/", {"how": "junk\x00", "note": "\x00"}).status_code == 422
    assert not TextHandling.objects.exists()
