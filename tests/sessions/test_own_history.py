"""A patient's own pattern as a quiet band and a note; identical readings asked about once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEntry
from sessions.models import Observation, TreatmentSession
from sessions.queries.own_history import earlier_checks
from sessions.rules.own_history import Earlier, Span, bucket_of, outside, pattern
from sessions.rules.vitals import SAME, is_same_reading, repeated
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import GOOD_VITALS, ObservationFactory, at_state

SPANS = (Span(-20, -10, 118, 124), Span(40, 41, 130, 142))


@pytest.mark.parametrize(("minute", "bucket"), [(-30, -20), (-0.1, -20), (0, 0), (9.9, 0), (10, 20), (40, 40), (49.9, 40), (50, 60), (120, 120)])
def test_parts_of_the_watch(minute: float, bucket: int) -> None:
    assert bucket_of(minute) == bucket


def test_a_pattern_takes_three_sessions() -> None:
    rows = [Earlier(session, 40 + session, 130 + session, None) for session in range(3)] + [Earlier(0, 90, 150, 97), Earlier(0, 91, 150, 97)]
    assert pattern(rows, "systolic") == (Span(40, 41, 130, 132),)
    assert pattern(rows, "spo2") == ()


@pytest.mark.parametrize(
    ("name", "value", "minute", "words"),
    [
        ("systolic", 153, 40, "pressure is unlike their earlier sessions at this time (130–142 mmHg systolic)"),
        ("systolic", 152, 40, ""),
        ("systolic", 100, 40, ""),
        ("systolic", None, 40, ""),
        ("systolic", 190, 90, ""),
        ("spo2", 127, 40, "SpO₂ is unlike their earlier sessions at this time (130–142 %)"),
        ("spo2", 128, 40, ""),
    ],
)
def test_only_what_is_worse_than_ever_is_noted(name: str, value: int | None, minute: float, words: str) -> None:
    assert outside(name, value, minute, SPANS) == words


def test_one_value_is_no_span() -> None:
    assert outside("spo2", 90, 40, (Span(40, 40, 97, 97),)).endswith("(97 %)")


@pytest.mark.parametrize(
    ("change", "same"),
    [({}, True), ({"pulse": 73}, False), ({"nausea": "mild"}, False), ({"breaths": None}, False), ({"systolic": None, "diastolic": None}, False)],
)
def test_a_reading_that_repeats_the_one_before(change: dict[str, object], same: bool) -> None:
    assert is_same_reading({**GOOD_VITALS, **change}, GOOD_VITALS) is same
    assert [finding.text for finding in repeated({**GOOD_VITALS, **change}, GOOD_VITALS, "10:40")] == (
        ["Same as at 10:40: measured again?"] if same else []
    )


def test_a_nought_is_no_gap() -> None:
    assert is_same_reading({**GOOD_VITALS, "sedation": 0}, {**GOOD_VITALS, "sedation": None}) is False


def test_too_little_of_a_check_is_no_repetition() -> None:
    little = {"pulse": 72}
    assert is_same_reading(little, little) is False


def past(cast: Cast, session: TreatmentSession, count: int) -> None:
    for number in range(1, count + 1):
        first = NOW - timedelta(days=3 * number)
        old = at_state(Status.DISCHARGED, cast, patient=session.patient, course=session.course, first_device_at=first, now=first + timedelta(hours=3))
        for minute in (0, 40, 90):
            ObservationFactory(session=old, observed_at=first + timedelta(minutes=minute), systolic=125 + number)


@pytest.mark.django_db
def test_the_band_and_the_note_for_any_length_of_history(cast: Cast, sign_in) -> None:
    session = at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=45))
    ObservationFactory(session=session, observed_at=NOW - timedelta(minutes=4), systolic=158)
    nurse, url = sign_in(cast.nurse), reverse("flowsheet", args=["riverside", session.pk])
    assert b'class="own"' not in nurse.get(url).content
    past(cast, session, 3)
    with CaptureQueriesContext(connection) as few:
        page = nurse.get(url).content.decode()
    assert '<polygon class="own"' in page
    assert "unlike their earlier sessions at this time (126–128 mmHg systolic)" in page
    past(cast, session, 9)
    with CaptureQueriesContext(connection) as many:
        assert nurse.get(url).status_code == 200
    assert len(few) == len(many)
    assert len({row.session for row in earlier_checks(session)}) == 8


@pytest.mark.django_db
def test_the_same_reading_is_asked_about_once_and_kept(cast: Cast, sign_in) -> None:
    session = at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=45))
    nurse, url = sign_in(cast.nurse), reverse("observation_record", args=["riverside", session.pk])
    told = {name: str(value) for name, value in GOOD_VITALS.items()} | {"client_key": str(uuid4())}
    asked = nurse.post(url, told)
    assert (asked.status_code, "measured again?" in asked.content.decode(), "Yes, it is right: save" in asked.content.decode()) == (422, True, True)
    assert Observation.objects.filter(session=session).count() == 1
    assert nurse.post(url, told | {"is_confirmed": "on"}).status_code == 303
    assert Observation.objects.filter(session=session).count() == 2
    assert "measured_again" in str(AuditEntry.objects.filter(action="observation.recorded").latest("seq").body)
    other = told | {"client_key": str(uuid4()), "pulse": "75"}
    assert nurse.post(url, other).status_code == 303
    urgent = told | {"client_key": str(uuid4()), "pulse": "75", "urgent_signs": "chest_pain"}
    assert nurse.post(url, urgent).status_code == 303
    assert SAME.startswith("unlikely.")
