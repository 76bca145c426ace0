"""May I start now, on the page and in the gate: notes about the floor, a decision past a latest start; where a session is held (MON-9, DOS-9, SET-6)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.actions import duty
from clinic.findings import Refused
from clinic.models import AuditEntry
from sessions.actions import arrival
from sessions.models import MonitoringForm, TreatmentSession
from sessions.states import Status
from tests.cast import NOW
from tests.factories.clinic import on_duty
from tests.factories.patients import StandingParametersFactory, ready_patient
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db


def minutes(count):
    return timedelta(minutes=count)


def sheet(client, session):
    return client.get(reverse("flowsheet", args=["riverside", session.pk])).content.decode()


def test_the_start_step_names_the_clash_and_the_nearest_minute(cast, sign_in, prescriber_here):
    session = at_state(Status.CLEARED, cast, chair=cast.chairs[0])
    other = at_state(Status.MONITORING, cast, chair=cast.chairs[2], first_device_at=NOW - minutes(80))
    nurse = sign_in(cast.nurse)
    page = sheet(nurse, session)
    assert "Its 40-minute check falls together with Chair 3’s at 10:40. Starting at 10:05 keeps them apart." in page
    other.status, other.discharged_at = Status.DISCHARGED, NOW
    other.save()
    assert "falls together" not in sheet(nurse, session)
    at_state(Status.CLEARED, cast, chair=cast.chairs[2], starts_at=NOW - timedelta(days=1))
    assert "may start" not in sheet(nurse, session)
    at_state(Status.CLEARED, cast, chair=cast.chairs[3])
    assert "Chair 4 is cleared and may start at any minute. Started within five minutes" in sheet(nurse, session)


def test_a_second_monitor_takes_the_other_check(cast, sign_in, prescriber_here):
    session = at_state(Status.CLEARED, cast)
    at_state(Status.MONITORING, cast, first_device_at=NOW - minutes(80))
    on_duty(cast.of(cast.nurse), NOW - minutes(60))
    assert "falls together" in sheet(sign_in(cast.nurse), session)
    on_duty(cast.of(cast.second_nurse), NOW - minutes(60))
    assert "falls together" not in sheet(sign_in(cast.nurse), session)


def test_the_floor_costs_one_query_whatever_its_size(cast, sign_in, prescriber_here):
    session, nurse = at_state(Status.CLEARED, cast, chair=cast.chairs[0]), sign_in(cast.nurse)
    for chair in cast.chairs[1:]:
        sheet(nurse, session)
        with CaptureQueriesContext(connection) as caught:
            sheet(nurse, session)
        assert sum('AS "own_watch"' in query["sql"] for query in caught) == 1
        at_state(Status.MONITORING, cast, chair=chair, first_device_at=NOW - minutes(81))


def test_a_longer_watch_moves_the_last_check(cast, sign_in, prescriber_here):
    """PAT-8: 180 minutes of the other chair end at 11:40."""
    other = ready_patient(cast.riverside, cast.of(cast.prescriber))
    StandingParametersFactory(patient=other, minimum_watch_minutes=180)
    at_state(Status.MONITORING, cast, patient=other, chair=cast.chairs[2], first_device_at=NOW - minutes(145))
    page = sheet(sign_in(cast.nurse), at_state(Status.CLEARED, cast, chair=cast.chairs[0]))
    assert "Its 40-minute check falls together with Chair 3’s at 10:40" in page


def test_past_the_prescribers_leaving_and_the_ride_a_prescriber_decides(cast, sign_in, prescriber_here):
    session = at_state(Status.CLEARED, cast)
    duty.plan_leaving(prescriber_here.membership, leaves_at=NOW + minutes(140), by=cast.prescriber, now=NOW)
    arrival.set_way_home(session, way_home="driver", escort=None, ride_at=NOW + minutes(120), by=cast.desk, now=NOW)
    page = sheet(sign_in(cast.nurse), session)
    assert "two hours and the way out would run past the ride (12:00)." in page
    assert "past the last prescriber’s leaving (12:20)." in page
    assert "Latest first device 09:25, before the ride at 12:00" in page


def test_a_plan_to_leave_is_ones_own_and_to_come(cast, sign_in, prescriber_here):
    member = prescriber_here.membership
    with pytest.raises(Refused, match="passed"):
        duty.plan_leaving(member, leaves_at=NOW, by=cast.prescriber, now=NOW)
    with pytest.raises(Refused, match="not on site"):
        duty.plan_leaving(cast.of(cast.second_prescriber), leaves_at=NOW + minutes(9), by=cast.second_prescriber, now=NOW)
    client, url = sign_in(cast.prescriber), reverse("duty_plan", args=["riverside"])
    assert client.post(url, {"leaves_at": "08:00"}).status_code == client.post(url, {"leaves_at": "x"}).status_code == 422
    assert client.post(url, {"leaves_at": "16:30"}).status_code == 303
    assert "plans to leave at 16:30" in client.get(reverse("duty", args=["riverside"])).content.decode()
    assert client.post(url, {"leaves_at": ""}).status_code == 303
    prescriber_here.refresh_from_db()
    assert prescriber_here.leaves_at is None
    assert AuditEntry.objects.filter(action="duty.leaving_planned").count() == 2


def test_the_ride_is_told_at_arrival_and_leaves_after_the_visit_begins(cast, sign_in, prescriber_here):
    session = at_state(Status.BOOKED, cast, starts_at=NOW)
    url, desk = reverse("session_arrive", args=["riverside", session.pk]), sign_in(cast.desk)
    said = {"said_name": "on", "said_birth_date": "on", "way_home": "ride", "client_key": str(uuid4())}
    assert desk.post(url, said | {"ride_at": "09:00"}).status_code == 422
    assert desk.post(url, said | {"ride_at": "15:30"}).status_code == 303
    session.refresh_from_db()
    assert session.ride_at == NOW + minutes(330)
    assert "at 15:30" in desk.get(reverse("flowsheet", args=["riverside", session.pk]) + "?step=arrive").content.decode()


@pytest.fixture
def both(cast):
    cast.riverside.other_settings = ["inpatient"]
    cast.riverside.save()
    return cast.riverside


def test_the_visits_own_setting_at_booking_and_at_arrival(cast, both, sign_in, prescriber_here):
    """SET-6: an inpatient session owes no form; a site with one setting is never asked."""
    desk, patient = sign_in(cast.desk), ready_patient(both, cast.of(cast.prescriber))
    url = reverse("session_book", args=["riverside"]) + f"?patient={patient.pk}"
    assert "Inpatient unit" in desk.get(url).content.decode()
    posted = {"client_key": str(uuid4()), "day": "2026-06-10", "starts_at": "10:00", "chair": cast.chairs[0].pk, "dose_mg": 56}
    assert desk.post(url, posted | {"setting": "emergency"}).status_code == 422
    assert desk.post(url, posted | {"setting": "inpatient"}).status_code == 303
    session = TreatmentSession.objects.get()
    assert session.setting == "inpatient"
    assert "Inpatient unit" in sheet(desk, session)
    said = {"said_name": "on", "said_birth_date": "on", "way_home": "ride", "client_key": str(uuid4()), "setting": "outpatient"}
    assert desk.post(reverse("session_arrive", args=["riverside", session.pk]), said).status_code == 303
    session.refresh_from_db()
    assert session.setting == "outpatient"
    assert not MonitoringForm.objects.exists()
    assert AuditEntry.objects.filter(action="session.setting").count() == 1


def test_a_site_with_one_setting_is_not_asked(cast, sign_in):
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    page = sign_in(cast.desk).get(reverse("session_book", args=["riverside"]) + f"?patient={patient.pk}").content.decode()
    assert "Held in" not in page


def wished(cast, patient, at="09:30", **more):
    return {"patient": patient.pk, "day": "2026-06-11", "starts_at": at, "chair": cast.chairs[0].pk, "dose_mg": 56, **more}


def test_the_booking_page_says_what_the_slot_would_meet(cast, sign_in):
    """On a day to come as many share the checks as the site's ratio asks for: here one."""
    patient, desk = ready_patient(cast.riverside, cast.of(cast.prescriber)), sign_in(cast.desk)
    other = at_state(Status.BOOKED, cast, chair=cast.chairs[1], starts_at=NOW + timedelta(days=1) - minutes(28))
    url, note = reverse("booking_forecast", args=["riverside"]), "Its 40-minute check falls together with Chair 2’s at 10:42."
    page = desk.get(url, wished(cast, patient)).content.decode()
    assert note in page
    assert "Coming at 09:25 keeps them apart." in page
    assert "Latest first device 15:25, before closing at 18:00" in page
    book = reverse("session_book", args=["riverside"])
    assert note in desk.get(book, wished(cast, patient)).content.decode()
    assert note not in desk.get(url, wished(cast, patient, moved=other.pk)).content.decode()


@pytest.mark.parametrize(
    "junk", [{"day": "x"}, {"day": "9999-12-31"}, {"chair": "0"}, {"dose_mg": "9" * 30}, {"dose_mg": ""}, {"starts_at": "25:00"}]
)
def test_a_slot_that_cannot_be_read_has_no_forecast(cast, sign_in, junk):
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    answer = sign_in(cast.desk).get(reverse("booking_forecast", args=["riverside"]), wished(cast, patient) | junk)
    assert answer.status_code == 200
    assert "DOS-9" not in answer.content.decode()


def test_today_the_monitors_on_duty_share_the_chairs(cast, sign_in, prescriber_here):
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    cast.riverside.policies.update(chairs_per_monitor=1)
    at_state(Status.MONITORING, cast, chair=cast.chairs[1])
    closed = sign_in(cast.desk).get(reverse("booking_forecast", args=["riverside"]), wished(cast, patient, "10:00", day="2026-06-14"))
    assert "DOS-9" not in closed.content.decode()
    page = sign_in(cast.desk).get(reverse("booking_forecast", args=["riverside"]), wished(cast, patient, "10:00", day="2026-06-10"))
    assert "With this one 2 chairs are watched by one monitor; the site wants one chair each at most." in page.content.decode()
