"""Safety calls: when owed, by when, tried, taken over, closed by a clinician (MSG-7)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice
from sessions.actions import arrival, booking
from sessions.actions import safety_calls as calls
from sessions.actions.safety_calls import Attempt
from sessions.models import CallAttempt, SafetyCall
from sessions.queries.safety_calls import is_call_due, last_item_positive, open_calls, patients_waiting_for_a_call
from sessions.rules import safety_calls as rules
from tests.cast import NOW
from tests.factories.sessions import PreDoseCheckFactory, at_state
from tests.factories.sessions import good_answers as asked


@pytest.mark.parametrize(
    ("screen", "readiness", "expected"),
    [("", "", False), ("negative", "not_worse", False), ("positive", "not_worse", True), ("negative", "plan", True), ("negative", "no", True), ("", "prescriber", True)],
)  # fmt: skip
def test_a_positive_item(screen, readiness, expected):
    assert rules.was_positive(screen=screen, readiness=readiness) is expected


@pytest.mark.parametrize(
    ("why", "is_mdsi", "positive", "expected"),
    [
        ("left", False, False, True),
        ("early", False, False, True),
        ("missed", False, False, False),
        ("missed", True, False, True),
        ("held", False, True, True),
        ("cancelled", False, False, False),
    ],
)
def test_when_it_is_owed(why, is_mdsi, positive, expected):
    assert rules.is_owed(why=why, is_mdsi=is_mdsi, was_positive=positive) is expected


@pytest.mark.parametrize(("closing", "expected"), [(None, 9), (2, 2), (-1, 9), (0, 9)])
def test_the_same_day(closing, expected):
    closing_at = None if closing is None else NOW + timedelta(hours=closing)
    assert rules.due_at(now=NOW, closing_at=closing_at, day_ends_at=NOW + timedelta(hours=9)) == NOW + timedelta(hours=expected)


def make_mdsi(session):
    session.course.indication = "mdsi"
    session.course.save(update_fields=["indication"])


@pytest.fixture
def booked(cast):
    session = at_state("booked", cast, starts_at=NOW - timedelta(minutes=30))
    make_mdsi(session)
    return session


GIVEN_UP = {
    "missed": ("booked", lambda cast, visit: booking.mark_missed(visit, reason="Did not come", by=cast.desk, now=NOW)),
    "held": ("arrived", lambda cast, visit: arrival.hold(visit, reason="Pressure", by=cast.nurse, now=NOW)),
    "cancelled": ("booked", lambda cast, visit: booking.cancel(visit, reason="Ill", by=cast.desk, now=NOW)),
}


@pytest.mark.parametrize("because", ["mdsi", "positive", "neither"])
@pytest.mark.parametrize("why", GIVEN_UP)
def test_each_way_of_not_being_treated_owes_a_call_that_messages_wait_for(cast, why, because):
    state, act = GIVEN_UP[why]
    visit = at_state(state, cast, starts_at=NOW - timedelta(minutes=30))
    if because == "mdsi":
        make_mdsi(visit)
    if because == "positive":
        PreDoseCheckFactory(session=visit, recorded_by=cast.nurse, answers=asked(NOW) | {"suicide_risk": "positive"})
    act(cast, visit)
    assert [call.why for call in open_calls(cast.riverside)] == ([] if because == "neither" else [why])
    assert is_call_due(visit.patient) is (because != "neither")


def miss(session, cast):
    booking.mark_missed(session, reason="Did not come", by=cast.desk, now=NOW)
    return SafetyCall.objects.get()


def test_a_missed_visit_of_an_mdsi_patient_owes_one_call(booked, cast):
    call = miss(booked, cast)
    assert (call.why, call.owner, call.due_at) == ("missed", cast.prescriber, NOW.replace(hour=22, minute=0))
    assert list(open_calls(cast.riverside)) == [call]
    assert is_call_due(booked.patient)
    assert patients_waiting_for_a_call([booked.patient_id, 10**6]) == {booked.patient_id}
    notice = Notice.objects.get(kind="safety_call")
    assert (notice.rule, notice.owner, notice.due_at) == ("MSG-7", cast.prescriber, call.due_at)


def test_held_and_cancelled_too_and_no_other_patient(cast):
    held, cancelled, other = at_state("arrived", cast), at_state("booked", cast), at_state("booked", cast)
    make_mdsi(held)
    make_mdsi(cancelled)
    arrival.hold(held, reason="Pressure", by=cast.nurse, now=NOW)
    booking.cancel(cancelled, reason="Ill", by=cast.desk, now=NOW)
    booking.cancel(other, reason="Ill", by=cast.desk, now=NOW)
    assert set(SafetyCall.objects.values_list("why", "session_id")) == {("held", held.pk), ("cancelled", cancelled.pk)}


def test_after_a_positive_screen_a_missed_visit_owes_one(cast):
    session = at_state("booked", cast, starts_at=NOW - timedelta(minutes=30))
    earlier = at_state("discharged", cast, patient=session.patient, now=NOW - timedelta(days=7))
    assert not last_item_positive(session.patient_id)
    PreDoseCheckFactory(
        session=earlier, observed_at=NOW - timedelta(days=6), answers=asked(NOW) | {"suicide_risk": "positive"}, recorded_by=cast.nurse
    )
    assert miss(session, cast).why == "missed"


def test_who_comes_after_all_needs_no_call(booked, cast):
    miss(booked, cast)
    booking.rebook(booked, reason="Came after all", by=cast.desk, now=NOW)
    assert not is_call_due(booked.patient)
    assert not Notice.objects.filter(kind="safety_call", resolved_at=None).exists()
    assert AuditEntry.objects.filter(action="call.dropped").count() == 1


def attempt(**changed):
    return Attempt(**({"made_at": NOW, "was_reached": False, "note": "", "settles": False, "client_key": uuid4()} | changed))


def test_tried_then_reached_and_closed(booked, cast):
    call, first = miss(booked, cast), attempt()
    row = calls.log_attempt(call, first, by=cast.nurse, now=NOW)
    assert calls.log_attempt(call, first, by=cast.nurse, now=NOW) == row
    with pytest.raises(Refused) as refused:
        calls.log_attempt(call, attempt(was_reached=True, settles=True), by=cast.nurse, now=NOW)
    assert refused.value.findings[0].field == "note"
    calls.log_attempt(call, attempt(was_reached=True, note="Safe; comes tomorrow", settles=True), by=cast.nurse, now=NOW)
    call.refresh_from_db()
    assert (call.closed_at, call.closed_by, call.closed_how, CallAttempt.objects.count()) == (NOW, cast.nurse, "Safe; comes tomorrow", 2)
    assert not is_call_due(booked.patient)
    assert not Notice.objects.filter(kind="safety_call", resolved_at=None).exists()
    assert [entry.action for entry in AuditEntry.objects.filter(action__startswith="call.").order_by("seq")] == [
        "call.owed", "call.attempted", "call.attempted", "call.closed",
    ]  # fmt: skip
    for act in (lambda: calls.log_attempt(call, attempt(), by=cast.nurse, now=NOW), lambda: calls.take_call(call, by=cast.nurse, now=NOW)):
        with pytest.raises(Refused):
            act()


def test_a_try_cannot_lie_ahead_and_keeps_to_its_call(booked, cast):
    call = miss(booked, cast)
    with pytest.raises(Refused):
        calls.log_attempt(call, attempt(made_at=NOW + timedelta(minutes=1)), by=cast.nurse, now=NOW)
    made = calls.log_attempt(call, attempt(), by=cast.nurse, now=NOW)
    other = SafetyCall.objects.create(site=call.site, session=at_state("missed", cast), why="missed", raised_at=NOW, due_at=NOW)
    with pytest.raises(Refused):
        calls.log_attempt(other, attempt(client_key=made.client_key), by=cast.nurse, now=NOW)


def test_taken_over(booked, cast):
    call = miss(booked, cast)
    for _ in range(2):
        calls.take_call(call, by=cast.nurse, now=NOW)
    call.refresh_from_db()
    assert (call.owner, Notice.objects.get(kind="safety_call").owner) == (cast.nurse, cast.nurse)
    assert AuditEntry.objects.filter(action="call.taken").count() == 1


def test_the_page(booked, cast, sign_in):
    call = miss(booked, cast)
    client = sign_in(cast.nurse)
    url = reverse("safety_call", args=["riverside", call.pk])
    assert "Missed visit" in client.get(url).content.decode()
    assert client.post(url, {"client_key": uuid4()}).status_code == 422
    assert client.post(url, {"client_key": uuid4(), "reached": "no"}).status_code == 303
    assert client.post(reverse("call_take", args=["riverside", call.pk])).status_code == 303
    assert client.post(url, {"client_key": uuid4(), "reached": "yes", "note": "Well", "close": "1"}).status_code == 303
    assert "Closed" in client.get(url).content.decode()
    assert client.post(reverse("call_take", args=["riverside", call.pk])).status_code == 422
    assert client.post(url, {"client_key": uuid4(), "reached": "no"}).status_code == 422
