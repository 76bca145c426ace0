"""Texts: through a real HTTP provider, once per key, within the week's limit."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from patients.models import Patient
from reminders.actions.send import begin, claim, send_due
from reminders.actions.sweep import sweep
from reminders.models import OutboxMessage, SiteMessaging
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state
from tests.support.texting import Phones, running_phones

TOMORROW = NOW + timedelta(hours=25)
NUMBER = "+15185550123"


@pytest.fixture
def phones(settings: LazySettings) -> Iterator[Phones]:
    with running_phones() as running:
        settings.VIGIL_TEXT_URL, settings.VIGIL_TEXT_TOKEN = running.url, "test-token"
        yield running


@pytest.fixture
def visit(cast: Cast) -> TreatmentSession:
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+15185550199", changed_at=NOW, changed_by=cast.admin)
    made = at_state(Status.BOOKED, cast, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3))
    Patient.objects.filter(pk=made.patient_id).update(text_consent="express", may_email=False)
    return made


def only() -> OutboxMessage:
    return OutboxMessage.objects.get(kind="day_before")


def test_a_text_reaches_the_phone_in_one_segment(visit: TreatmentSession, phones: Phones) -> None:
    sweep(now=NOW)
    assert send_due(now=NOW) == {"sent": 1}
    (text,) = phones.to(NUMBER)
    assert text["from"] == "+15185550199"
    assert len(text["body"]) <= 160
    assert visit.site.public_name in text["body"]
    assert (only().status, only().provider, text["key"]) == ("sent", "http", only().key)


def test_nobody_is_texted_without_a_word_about_it_or_without_a_provider(visit: TreatmentSession, phones: Phones) -> None:
    Patient.objects.filter(pk=visit.patient_id).update(text_consent="none")
    assert sweep(now=NOW)["created"] == 0
    Patient.objects.filter(pk=visit.patient_id).update(text_consent="express")
    SiteMessaging.objects.update(provider="")
    assert sweep(now=NOW)["created"] == 0


@pytest.mark.parametrize("mood", ["drop", "500"])
def test_what_broke_in_the_middle_is_asked_again_under_the_same_key(visit: TreatmentSession, phones: Phones, mood: str) -> None:
    sweep(now=NOW)
    phones.mood = mood
    assert send_due(now=NOW) == {"due": 1}
    phones.mood = ""
    assert send_due(now=NOW + timedelta(minutes=1)) == {"sent": 1}
    assert len(phones.delivered) == 1
    assert len(set(phones.requests)) == 1
    assert len(phones.requests) == 2


def test_a_number_that_is_refused_for_good_fails_at_once(visit: TreatmentSession, phones: Phones) -> None:
    sweep(now=NOW)
    phones.mood = "400"
    assert send_due(now=NOW) == {"failed": 1}
    assert "for good (400)" in only().why


def test_a_lost_worker_s_text_is_sent_again_under_its_key(visit: TreatmentSession, phones: Phones) -> None:
    sweep(now=NOW)
    (message,) = claim(now=NOW)
    begin(message, SiteMessaging.objects.get(), provider="http", now=NOW)
    phones.take(message.key, {"to": NUMBER})
    after = NOW + timedelta(minutes=5)
    assert sweep(now=after)["resumed"] == 1
    assert send_due(now=after) == {"sent": 1}
    assert len(phones.delivered) == 1


def test_the_week_s_limit_drops_the_rest_for_good(visit: TreatmentSession, phones: Phones, cast: Cast) -> None:
    SiteMessaging.objects.update(texts_per_week=1)
    earlier = at_state(Status.DISCHARGED, cast, patient=visit.patient, starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=2, hours=-3))
    OutboxMessage.objects.create(
        site=visit.site, patient=visit.patient, session=earlier, subject_pk=earlier.pk, kind="morning", schedule_version=1, channel="text",
        status="sent", began_at=NOW - timedelta(days=2), sent_at=NOW - timedelta(days=2), due_at=NOW, useless_at=NOW, created_at=NOW,
    )  # fmt: skip
    sweep(now=NOW)
    assert send_due(now=NOW) == {"withdrawn": 1}
    assert only().withdrawal == "budget"
    assert "limit of 1" in only().why
    assert sweep(now=NOW)["returned"] == 0


def test_without_written_consent_the_second_text_of_a_day_waits(visit: TreatmentSession, phones: Phones) -> None:
    Patient.objects.filter(pk=visit.patient_id).update(text_consent="given")
    sweep(now=NOW)
    send_due(now=NOW)
    OutboxMessage.objects.filter(kind="morning").update(due_at=NOW + timedelta(hours=1))
    assert send_due(now=NOW + timedelta(hours=1)) == {"due": 1}
    waiting = OutboxMessage.objects.get(kind="morning")
    assert waiting.due_at == datetime.fromisoformat("2026-06-11T12:00:00+00:00")
    assert "One text a day" in waiting.why
