"""Who is called, by whom and when it stops: escalation, the loud lines of a prescriber's pages, what a tap silences (MON-6)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.models import Notice
from sessions.actions import alerts, watch, watchman
from sessions.models import Alert
from tests.cast import NOW
from tests.factories.clinic import on_duty
from tests.factories.sessions import GOOD_VITALS, at_state

HIGH = {"systolic": 172, "diastolic": 104}
CRITICAL = {"systolic": 212, "diastolic": 104}


def minutes(count):
    return timedelta(minutes=count)


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def session(cast, prescriber_here):
    return at_state("monitoring", cast, first_device_at=NOW - minutes(42))


@pytest.fixture
def take(cast, session):
    def taken(values, at=NOW, **fields):
        check = watch.Check(values=GOOD_VITALS | values, observed_at=at, client_key=uuid4(), is_confirmed=True, **fields)
        return watch.record_observation(session, check=check, by=cast.nurse, now=at)

    return taken


@pytest.fixture
def prescriber_reads(cast, sign_in):
    client = sign_in(cast.prescriber)
    return lambda url="/riverside/patients/": text(client.get(url))


def test_critical_calls_the_prescriber_by_name_on_every_page(take, prescriber_reads, cast, sign_in, session):
    take(CRITICAL)
    assert "Chair 1: Pressure 212/104, above 200/120 Called: Petra Prescriber" in prescriber_reads()
    nurse = sign_in(cast.nurse)
    assert "Act now: Pressure 212/104, above 200/120. Call Petra Prescriber" in text(nurse.get("/riverside/"))
    assert "Call Petra Prescriber" in text(nurse.get(f"/riverside/sessions/{session.pk}/"))
    assert "Called:" not in text(nurse.get("/riverside/patients/"))


def test_who_is_not_on_site_is_not_called_while_another_is(take, cast, sign_in):
    take(CRITICAL)
    assert "Called:" not in text(sign_in(cast.second_prescriber).get("/riverside/patients/"))


def test_with_nobody_on_site_every_prescriber_is_called(cast, sign_in):
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(42))
    check = watch.Check(values=GOOD_VITALS | CRITICAL, observed_at=NOW, client_key=uuid4(), is_confirmed=True)
    watch.record_observation(session, check=check, by=cast.nurse, now=NOW)
    assert "none is on site" in text(sign_in(cast.second_prescriber).get("/riverside/patients/"))
    on_duty(cast.of(cast.prescriber), NOW)
    assert "Called:" not in text(sign_in(cast.second_prescriber).get("/riverside/patients/"))


def test_high_calls_nobody_until_its_repeat_is_bad(take, prescriber_reads):
    take(HIGH)
    assert "Called:" not in prescriber_reads()
    take(HIGH, at=NOW + minutes(4))
    assert Alert.objects.last().escalated_at == NOW + minutes(4)
    assert "again: tell the prescriber Called: Petra Prescriber" in prescriber_reads()


def test_a_repeat_that_is_not_taken_escalates_by_itself(take, prescriber_reads, still_clock, cast, sign_in):
    take(HIGH)
    still_clock.shift(minutes(7))
    assert "Called:" not in prescriber_reads()
    still_clock.shift(timedelta(seconds=1))
    assert "Called: Petra Prescriber" in prescriber_reads()
    assert "Act now: Pressure 172/104, above 160/100, repeat not taken. Call Petra" in text(sign_in(cast.nurse).get("/riverside/"))
    assert not Notice.objects.filter(kind="prescriber_called").exists()
    watchman.make_round(now=NOW + minutes(8))
    take({}, at=NOW + minutes(9))
    assert "Called:" not in prescriber_reads()
    watchman.make_round(now=NOW + minutes(10))
    assert Notice.objects.get(kind="prescriber_called").resolved_how == "No longer late."


def test_not_obtained_is_no_repeat(take, prescriber_reads, still_clock, cast, sign_in):
    take(HIGH)
    take({"systolic": None, "diastolic": None}, at=NOW + minutes(5), not_obtained={"systolic": "Refused", "diastolic": "Refused"})
    assert "Repeat pressure" in text(sign_in(cast.nurse).get("/riverside/"))
    still_clock.shift(minutes(8))
    assert "Called:" in prescriber_reads()


def test_acknowledging_silences_its_kind_and_the_line_stays(take, prescriber_reads, cast, sign_in, session):
    take(HIGH)
    take(HIGH, at=NOW + minutes(4))
    client = sign_in(cast.support)
    assert 'data-alarm="critical"' in client.get("/riverside/").content.decode()
    answer = client.post(f"/riverside/alerts/{Alert.objects.last().pk}/acknowledge/", {"from": "board"})
    assert answer["Location"] == "/riverside/"
    assert "data-alarm" not in client.get("/riverside/").content.decode()
    assert "Called: Petra Prescriber" in prescriber_reads()
    alerts.close_alert(Alert.objects.last(), note="Seen; declining.", by=cast.prescriber, now=NOW + minutes(6))
    assert "Called:" not in prescriber_reads()


def test_a_patient_who_has_gone_calls_nobody(take, prescriber_reads, session):
    take(CRITICAL)
    session.status, session.transferred_at = "transferred", NOW
    session.save(update_fields=["status", "transferred_at"])
    assert "Called:" not in prescriber_reads()


@pytest.mark.parametrize("url", ["/riverside/schedule/", "/riverside/"])
def test_what_calls_others_costs_a_page_nothing(take, cast, sign_in, django_assert_max_num_queries, url):
    """The door has said what there is; the board names who is called from what it has read."""
    nurse = sign_in(cast.nurse)
    with django_assert_max_num_queries(100) as quiet:
        nurse.get(url)
    take(CRITICAL)
    with django_assert_max_num_queries(len(quiet)):
        page = text(nurse.get(url))
    assert (f"Call {cast.prescriber.printed_name}" in page) is (url == "/riverside/")
