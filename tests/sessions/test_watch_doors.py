"""Every address of the watch and of leaving in four ways: works, signed out, wrong role, the right role at another site (style 15)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEntry
from sessions.actions import watch
from sessions.models import Addendum, Alert, Observation, ReadinessCheck, Round, SessionEvent
from tests.cast import NOW
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import GOOD_VITALS, at_state

KEY = "7d0a2f0e-56a5-4f0a-9a53-0a6f4f0b8a11"
READY = {"alert": "yes"}
# Name, what its address needs, what is posted (None: it is read), who may, who may not, what a success answers.
ADDRESSES = [
    ("observation_record", "session", GOOD_VITALS, "support", "desk", 303),
    ("observation_correct", "check", GOOD_VITALS | {"reason": "Typed wrong"}, "support", "desk", 303),
    ("observation_correct", "check", None, "support", "desk", 200),
    ("round_record", "session", {}, "support", "desk", 303),
    ("event_record", "session", {"kind": "sedation_began"}, "support", "desk", 303),
    ("measure_record", "session", {"kind": "measure_given", "what": "Ondansetron"}, "support", "desk", 303),
    ("measure_record", "session", None, "support", "desk", 200),
    ("check_withdraw", "check", {"reason": "Another patient's"}, "support", "desk", 303),
    ("check_withdraw", "check", None, "support", "desk", 200),
    ("round_withdraw", "round", {"reason": "Tapped by mistake"}, "support", "desk", 303),
    ("event_withdraw", "event", {"reason": "Tapped by mistake"}, "support", "desk", 303),
    ("event_withdraw", "event", None, "support", "desk", 200),
    ("alert_acknowledge", "alert", {}, "support", "desk", 303),
    ("alert_close", "alert", {"note": "Known; declining."}, "prescriber", "nurse", 303),
    ("alert_close", "alert", None, "prescriber", "nurse", 200),
    ("readiness_record", "session", READY, "nurse", "support", 303),
    ("session_discharge", "session", {"password": PASSWORD}, "nurse", "support", 422),
    ("addendum_add", "gone", {"text": "Called: well.", "reason": "By phone", "password": PASSWORD}, "nurse", "support", 303),
    ("addendum_add", "gone", None, "nurse", "support", 200),
    ("leaving_sheet", "session", None, "nurse", "stranger", 200),
    ("flowsheet", "session", None, "auditor", "stranger", 200),
    ("session_record", "session", None, "auditor", "stranger", 200),
    ("flowsheet_news", "session", None, "nurse", "stranger", 204),
]  # fmt: skip
IDS = [f"{name}-{'post' if data is not None else 'get'}" for name, _, data, *_ in ADDRESSES]


@pytest.fixture
def targets(cast, prescriber_here):
    """A session in the watch with a high check, a round and an event; and one that has ended."""
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=50))
    at = NOW - timedelta(minutes=8)
    check = watch.record_observation(
        session, check=watch.Check(values=GOOD_VITALS | {"systolic": 172}, observed_at=at, client_key=uuid4()), by=cast.nurse, now=at
    )
    made = watch.record_round(session, observed_at=at, client_key=uuid4(), by=cast.nurse, now=at)
    event = watch.record_event(session, event=watch.Event("dissociation_began", at, uuid4()), by=cast.nurse, now=at)
    gone = at_state("discharged", cast, first_device_at=NOW - timedelta(minutes=300))
    return {"session": session, "check": check, "round": made, "event": event, "alert": Alert.objects.get(), "gone": gone}


def ask(client, slug, name, target, data):
    url = reverse(name, args=[slug, target.pk])
    return client.get(url) if data is None else client.post(url, data | {"client_key": KEY})


def counts():
    return [model.objects.count() for model in (Observation, Round, SessionEvent, ReadinessCheck)] + [
        Alert.objects.filter(closed_at=None, acknowledged_at=None).count()
    ]


@pytest.mark.parametrize(("name", "kind", "data", "who", "not_who", "status"), ADDRESSES, ids=IDS)
def test_works_for_who_may(cast, sign_in, targets, name, kind, data, who, not_who, status):
    answer = ask(sign_in(cast.person(who)), "riverside", name, targets[kind], data)
    assert answer.status_code == status, answer.content.decode()[:2000]
    if status == 303:
        assert sign_in(cast.person(who)).get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(("name", "kind", "data", "who", "not_who", "status"), ADDRESSES, ids=IDS)
def test_signed_out_goes_to_the_door(cast, still_clock, targets, name, kind, data, who, not_who, status):
    before = counts()
    answer = ask(Client(), "riverside", name, targets[kind], data)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert counts() == before


@pytest.mark.parametrize(("name", "kind", "data", "who", "not_who", "status"), ADDRESSES, ids=IDS)
def test_the_wrong_role_is_refused(cast, sign_in, targets, name, kind, data, who, not_who, status):
    before = counts()
    answer = ask(sign_in(cast.person(not_who)), "riverside", name, targets[kind], data)
    assert answer.status_code == (404 if not_who == "stranger" else 403)
    assert counts() == before
    assert AuditEntry.objects.filter(action__startswith="access.").count() == 1


@pytest.mark.parametrize(("name", "kind", "data", "who", "not_who", "status"), ADDRESSES, ids=IDS)
def test_another_sites_patient_is_hidden(cast, sign_in, targets, name, kind, data, who, not_who, status):
    before = counts()
    # A prescriber of Hillcrest may do all of it there; Riverside's rows don't exist for her.
    assert ask(sign_in(cast.stranger), "hillcrest", name, targets[kind], data).status_code == 404
    assert ask(sign_in(cast.stranger), "riverside", name, targets[kind], data).status_code == 404
    assert counts() == before


def test_a_day_alone_is_no_time_of_an_addendum(cast, sign_in, targets):
    said = {"text": "Called: well.", "reason": "By phone", "password": PASSWORD, "on": "2026-06-09"}
    client = sign_in(cast.nurse)
    assert ask(client, "riverside", "addendum_add", targets["gone"], said).status_code == 422
    assert not Addendum.objects.exists()
    assert ask(client, "riverside", "addendum_add", targets["gone"], said | {"observed_at": "15:00"}).status_code == 303
