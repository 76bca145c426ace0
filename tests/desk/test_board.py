"""The board: every chair with its phase, clocks, what is due and what is late; polls that answer 204; its price."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.actions.notices import raise_notice
from clinic.models import AuditEntry, Closure, Heartbeat
from sessions.actions import watch
from sessions.actions.forms import owe_form
from sessions.models import Alert, TreatmentSession
from sessions.queries.forms import forms_owed, rows_of
from sessions.queries.safety_calls import CALL_NOTICE
from tests.cast import NOW
from tests.factories.sessions import GOOD_VITALS, at_state

URL = "/riverside/"


def minutes(count):
    return timedelta(minutes=count)


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def version(answer):
    return re.search(r"\?v=([\d.]+)", answer.content.decode())[1]


def undrawn(answer):
    """Drawings that a page shows and doesn't hold."""
    page = answer.content.decode()
    return set(re.findall(r'<use href="#([\w-]+)"', page)) - set(re.findall(r'<symbol id="([\w-]+)"', page))


def queries_of(client, url):
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(url)
    # The moved clock of tests and demonstrations is a row; production has none.
    return [query["sql"] for query in caught if "clockoffset" not in query["sql"]], answer


@pytest.fixture
def nurse(cast, sign_in, prescriber_here):
    return sign_in(cast.nurse)


def test_every_chair_and_phase_is_shown(cast, nurse):
    watched = at_state("monitoring", cast, first_device_at=NOW - minutes(30))
    coming = at_state("booked", cast, chair=cast.chairs[1], starts_at=NOW + minutes(60))
    shown = text(nurse.get(URL))
    assert watched.patient.short_name in shown
    assert "40-minute check in 10 min" in shown
    assert "Discharge gate in 95 min" in shown
    assert f"Next 11:00: {coming.patient.short_name}" in shown
    assert shown.count("Chair ") >= 4


def test_late_comes_first_and_is_loud(cast, nurse):
    at_state("monitoring", cast, chair=cast.chairs[0], first_device_at=NOW - minutes(20))
    late = at_state("monitoring", cast, chair=cast.chairs[2], first_device_at=NOW - minutes(50))
    page = nurse.get(URL).content.decode()
    cards = re.findall(r'<li id="chair-([sc]\d+)"', page)
    assert cards[0] == f"s{late.pk}"
    assert "is-late" in page
    assert "late 10 min" in text(nurse.get(URL))


def test_a_critical_alert_stands_before_what_is_late(cast, nurse):
    at_state("monitoring", cast, chair=cast.chairs[0], first_device_at=NOW - minutes(50))
    worse = at_state("monitoring", cast, chair=cast.chairs[3], first_device_at=NOW - minutes(20))
    check = watch.Check(values=GOOD_VITALS | {"spo2": 86}, observed_at=NOW, client_key=uuid4(), is_confirmed=True)
    watch.record_observation(worse, check=check, by=cast.nurse, now=NOW)
    page = nurse.get(URL)
    assert re.findall(r'<li id="chair-([sc]\d+)"', page.content.decode())[0] == f"s{worse.pk}"
    assert "Act now: SpO₂ 86 %" in text(page)
    Alert.objects.update(acknowledged_at=NOW, acknowledged_by=cast.nurse)
    assert re.findall(r'<li id="chair-([sc]\d+)"', nurse.get(URL).content.decode())[0] != f"s{worse.pk}"


def test_a_session_of_another_day_that_is_still_open_stays_on_the_board(cast, nurse):
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(days=1))
    TreatmentSession.objects.filter(pk=session.pk).update(treatment_on=(NOW - timedelta(days=1)).date())
    assert session.patient.short_name in text(nurse.get(URL))


def test_arrivals_done_and_forms(cast, nurse):
    late = at_state("booked", cast, starts_at=NOW - minutes(20))
    gone = at_state("discharged", cast, first_device_at=NOW - minutes(200))
    owe_form(TreatmentSession.objects.get(pk=gone.pk), by=cast.nurse, now=NOW)
    shown = text(nurse.get(URL))
    assert f"{late.patient.short_name} 20 min late" in shown
    assert gone.patient.short_name in shown
    assert "Owed" in shown
    assert "Forms owed 1" in shown


def test_the_board_says_who_is_missing(cast, sign_in):
    at_state("monitoring", cast)
    nurse = sign_in(cast.nurse)
    assert "No prescriber is on site" in text(nurse.get(URL))
    Heartbeat.objects.create(name="watchman", beat_at=NOW - minutes(4))
    Heartbeat.objects.create(name="sender", beat_at=NOW - minutes(4))
    shown = text(nurse.get(URL))
    assert "The watchman is silent" in shown
    assert "Messages to patients are waiting" in shown


def test_all_is_well_is_quiet(cast, nurse):
    for name in ("watchman", "sender"):
        Heartbeat.objects.create(name=name, beat_at=NOW - minutes(1))
    shown = text(nurse.get(URL))
    assert "silent" not in shown
    assert "waiting" not in shown
    assert "No prescriber" not in shown


def test_a_poll_with_nothing_new_is_204_and_cheap(cast, sign_in, prescriber_here, still_clock):
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(20))
    nurse = sign_in(cast.nurse, htmx=True)
    first = nurse.get(URL)
    assert b"<html" not in first.content
    asked = f"{URL}?v={version(first)}"
    queries, answer = queries_of(nurse, asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(queries) <= 4
    watch.record_round(session, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    assert nurse.get(asked).status_code == 200


def test_time_alone_is_news_when_a_check_falls_late(cast, sign_in, prescriber_here, still_clock):
    at_state("monitoring", cast, first_device_at=NOW - minutes(44))
    nurse = sign_in(cast.nurse, htmx=True)
    asked = f"{URL}?v={version(nurse.get(URL))}"
    assert nurse.get(asked).status_code == 204
    still_clock.shift(minutes(2))
    answer = nurse.get(asked)
    assert answer.status_code == 200
    assert "is-late" in answer.content.decode()


@pytest.mark.parametrize("junk", ["x", "1.2.3", "1", "..", "9" * 400, "1.9" + "9" * 40 + ".001", "1.²²²²²²²²²²²².001", "🫀"])
def test_a_poll_with_a_junk_version_shows_the_board(cast, sign_in, prescriber_here, junk):
    assert sign_in(cast.nurse, htmx=True).get(URL, {"v": junk}).status_code == 200


def test_twelve_chairs_cost_no_more_than_one(cast, nurse):
    at_state("monitoring", cast, first_device_at=NOW - minutes(50))
    one, _ = queries_of(nurse, URL)
    for number in range(11):
        session = at_state("monitoring", cast, first_device_at=NOW - minutes(50 + number))
        owe_form(TreatmentSession.objects.get(pk=session.pk), by=cast.nurse, now=NOW)
    twelve, answer = queries_of(nurse, URL)
    assert len(twelve) == len(one) <= 10, "\n".join(twelve)
    assert len(answer.content) < 60_000


@pytest.mark.parametrize(("role", "most"), [("nurse", 11), ("prescriber", 12)])
def test_a_loud_floor_costs_no_more(cast, sign_in, prescriber_here, role, most):
    """Alerts, late checks and a task: one query reads the alerts' tasks, one more the lines of who is called."""
    for number in range(12):
        session = at_state("monitoring", cast, first_device_at=NOW - minutes(50 + number))
        check = watch.Check(values=GOOD_VITALS | {"spo2": 86}, observed_at=NOW, client_key=uuid4(), is_confirmed=True)
        watch.record_observation(session, check=check, by=cast.nurse, now=NOW)
    raise_notice(cast.riverside, CALL_NOTICE, "MSG-7", session, "A safety call is due.", NOW, due_at=NOW, owner=cast.nurse)
    client = sign_in(cast.person(role))
    client.get(URL)
    asked, answer = queries_of(client, URL)
    assert "Act now" in text(answer)
    assert "A safety call is due." in text(answer)
    assert undrawn(answer) == set()
    assert len(asked) <= most, "\n".join(asked)


def test_polling_leaves_no_trace_of_reading(cast, nurse):
    at_state("monitoring", cast)
    nurse.get(URL)
    assert not AuditEntry.objects.filter(action="record.read").exists()


def test_doors(cast, sign_in, still_clock):
    assert Client().get(URL).status_code == 302
    assert sign_in(cast.auditor).get(URL).status_code == 403
    assert sign_in(cast.stranger).get(URL).status_code == 404
    assert sign_in(cast.former).get(URL).status_code == 404
    assert Client(headers={"HX-Request": "true"}).get(URL).status_code == 401
    assert sign_in(cast.nurse).post(reverse("board", args=["riverside"])).status_code == 405


def test_forms_are_due_as_the_filing_desk_says(cast, nurse):
    """A closure that was entered after the form became owed moves its last staffed day on both pages (PMF-5)."""
    gone = at_state("discharged", cast, first_device_at=NOW - minutes(200))
    form = owe_form(TreatmentSession.objects.get(pk=gone.pk), by=cast.nurse, now=NOW)
    assert f"{form.staffed_due_on.day} {form.staffed_due_on:%b}" in text(nurse.get(URL))
    Closure.objects.create(site=cast.riverside, closed_on=form.staffed_due_on)
    row = rows_of(cast.riverside, forms_owed(cast.riverside), NOW)[0]
    day = row.limits.staffed_due_on
    assert day < form.staffed_due_on
    assert f"{day.day} {day:%b}" in text(nurse.get(URL))
