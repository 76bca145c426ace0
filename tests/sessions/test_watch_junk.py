"""Junk on every form of the watch: long, control characters, right to left, emoji, huge numbers, wrong dates. Never a 500, never a row."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sessions.models import Addendum, Observation, ReadinessCheck, SessionEvent
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import GOOD_VITALS, ObservationFactory, at_state

JUNK = ["x" * 5000, "\x00\x07", "‮drowssap", "🫀" * 400, "9" * 40, "-1", "1e9", "12.5", "31/02/2026", "25:61", "NaN", "' OR 1=1 --", "<script>alert(1)</script>", "٣٤"]
FIELDS = [
    *GOOD_VITALS, "cadss", "client_key", "observed_at", "note", "not_obtained", "not_obtained_reason", "urgent_signs", "is_confirmed", "reason", "kind", "what", "dose",
    "route", "ordered_by", "effect", "text", "on", "alert", "suicide_risk",
]  # fmt: skip


@pytest.fixture
def session(cast):
    return at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=42))


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("name", ["observation_record", "round_record", "event_record", "measure_record", "readiness_record"])
def test_every_field_full_of_junk(cast, sign_in, session, name, junk):
    before = (Observation.objects.count(), SessionEvent.objects.count(), ReadinessCheck.objects.count())
    answer = sign_in(cast.nurse, htmx=True).post(reverse(name, args=["riverside", session.pk]), dict.fromkeys(FIELDS, junk))
    assert answer.status_code == 422
    assert (Observation.objects.count(), SessionEvent.objects.count(), ReadinessCheck.objects.count()) == before


@pytest.mark.parametrize("field", [*GOOD_VITALS, "cadss", "client_key", "observed_at", "urgent_signs"])
@pytest.mark.parametrize("junk", ["x" * 5000, "\x00", "9" * 40, "-1", "12.5", "🫀", "25:61"])
def test_one_field_of_junk_in_a_good_check(cast, sign_in, session, field, junk):
    answer = sign_in(cast.nurse).post(reverse("observation_record", args=["riverside", session.pk]), GOOD_VITALS | {"client_key": uuid4()} | {field: junk})
    assert answer.status_code == 422
    assert not Observation.objects.filter(planned_minute=40).exists()


@pytest.mark.parametrize("junk", JUNK)
def test_junk_on_correction_withdrawal_and_addendum(cast, sign_in, session, junk):
    row = ObservationFactory(session=session, recorded_by=cast.nurse)
    gone = at_state("discharged", cast, first_device_at=NOW - timedelta(minutes=300))
    nurse, posted = sign_in(cast.nurse), dict.fromkeys(FIELDS, junk)
    assert nurse.post(reverse("observation_correct", args=["riverside", row.pk]), posted).status_code == 422
    assert nurse.post(reverse("check_withdraw", args=["riverside", row.pk]), posted).status_code == 422
    assert nurse.post(reverse("addendum_add", args=["riverside", gone.pk]), posted | {"password": PASSWORD}).status_code == 422
    assert not Addendum.objects.exists()


def test_nothing_at_all_is_answered_kindly(cast, sign_in, session):
    nurse = sign_in(cast.nurse)
    for name in ("observation_record", "round_record", "event_record", "measure_record", "readiness_record", "session_discharge"):
        assert nurse.post(reverse(name, args=["riverside", session.pk]), {}).status_code == 422


@pytest.mark.parametrize("since", ["", "x", "2026-06-10", "9" * 300, "2026-06-10T14:00:00"])
def test_news_since_nonsense_is_no_news(cast, sign_in, session, since):
    assert sign_in(cast.nurse).get(reverse("flowsheet_news", args=["riverside", session.pk]), {"since": since}).status_code == 204
