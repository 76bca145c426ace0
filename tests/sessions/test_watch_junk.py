"""Junk on every form of the watch: long, control characters, right to left, emoji, huge numbers, wrong dates. Never a 500, never a row."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sessions.models import Addendum, Observation, ReadinessCheck, SessionEvent
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import GOOD_VITALS, ObservationFactory, at_state

JUNK = [
    "x" * 5000,
    "\x00\x07",
    "‮drowssap",
    "🫀" * 400,
    "9" * 40,
    "-1",
    "1e9",
    "12.5",
    "31/02/2026",
    "25:61",
    "NaN",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "٣٤",
]
FIELDS = [
    *GOOD_VITALS, "cadss", "client_key", "observed_at", "note", "not_obtained", "not_obtained_reason", "urgent_signs", "is_confirmed", "reason", "kind", "what", "dose",
    "route", "ordered_by", "effect", "text", "on", "alert", "suicide_risk",
]  # fmt: skip


@pytest.fixture
def session(cast):
    return at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=42))


@pytest.mark.parametrize("name", ["observation_record", "round_record", "event_record", "measure_record", "readiness_record"])
def test_every_field_full_of_junk(cast, sign_in, session, name):
    before = (Observation.objects.count(), SessionEvent.objects.count(), ReadinessCheck.objects.count())
    nurse, url = sign_in(cast.nurse, htmx=True), reverse(name, args=["riverside", session.pk])
    answers = {junk: nurse.post(url, dict.fromkeys(FIELDS, junk)).status_code for junk in JUNK}
    assert answers == dict.fromkeys(JUNK, 422)
    assert (Observation.objects.count(), SessionEvent.objects.count(), ReadinessCheck.objects.count()) == before


@pytest.mark.parametrize("field", [*GOOD_VITALS, "cadss", "client_key", "observed_at", "urgent_signs"])
def test_one_field_of_junk_in_a_good_check(cast, sign_in, session, field):
    nurse, url = sign_in(cast.nurse, htmx=True), reverse("observation_record", args=["riverside", session.pk])
    for junk in ["x" * 5000, "\x00", "9" * 40, "-1", "12.5", "🫀", "25:61"]:
        assert nurse.post(url, GOOD_VITALS | {"client_key": uuid4()} | {field: junk}).status_code == 422
    assert not Observation.objects.filter(planned_minute=40).exists()


@pytest.mark.parametrize("name", ["observation_correct", "check_withdraw", "addendum_add"])
def test_junk_on_correction_withdrawal_and_addendum(cast, sign_in, session, name):
    target = ObservationFactory(session=session, recorded_by=cast.nurse)
    if name == "addendum_add":
        target = at_state("discharged", cast, first_device_at=NOW - timedelta(minutes=300))
    nurse, url = sign_in(cast.nurse), reverse(name, args=["riverside", target.pk])
    for junk in JUNK:
        assert nurse.post(url, dict.fromkeys(FIELDS, junk) | {"password": PASSWORD}).status_code == 422
    assert not Addendum.objects.exists()


def test_nothing_at_all_is_answered_kindly(cast, sign_in, session):
    nurse = sign_in(cast.nurse)
    for name in ("observation_record", "round_record", "event_record", "measure_record", "readiness_record", "session_discharge"):
        assert nurse.post(reverse(name, args=["riverside", session.pk]), {}).status_code == 422


@pytest.mark.parametrize("since", ["", "x", "2026-06-10", "9" * 300, "2026-06-10T14:00:00"])
def test_news_since_nonsense_is_no_news(cast, sign_in, session, since):
    assert sign_in(cast.nurse).get(reverse("flowsheet_news", args=["riverside", session.pk]), {"since": since}).status_code == 204
