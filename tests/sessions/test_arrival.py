"""Arriving, waiting, holding and going on: what is written, what is asked again (PRE-3, PRE-5, PRE-6)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry
from patients.models import Contact
from sessions.actions import arrival
from sessions.models import IdentityCheck, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.patients import ContactFactory
from tests.factories.sessions import DeviceUseFactory, at_state

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)


def arrive(session: TreatmentSession, cast: Cast, **fields: object) -> TreatmentSession:
    given = {"said_name": True, "said_birth_date": True, "way_home": "driver", "escort": None, "client_key": uuid4(), "by": cast.desk, "now": NOW}
    return arrival.arrive(session, **(given | fields))  # type: ignore[arg-type]


def test_checked_in(cast: Cast) -> None:
    session = at_state(Status.BOOKED, cast, policy=None)
    key, escort = uuid4(), Contact.objects.get(patient=session.patient)
    for _ in range(2):
        arrive(session, cast, client_key=key, escort=escort)
    session.refresh_from_db()
    assert (session.status, session.arrived_at, session.way_home, session.escort) == (Status.ARRIVED, NOW, "driver", escort)
    assert session.policy == cast.riverside.policies.get()
    assert IdentityCheck.objects.filter(session=session).count() == AuditEntry.objects.filter(action="session.arrived").count() == 1


@pytest.mark.parametrize("missing", ["said_name", "said_birth_date"])
def test_both_identifiers_or_nothing(cast: Cast, missing: str) -> None:
    session = at_state(Status.BOOKED, cast)
    with pytest.raises(Refused):
        arrive(session, cast, **{missing: False})
    session.refresh_from_db()
    assert (session.status, IdentityCheck.objects.count()) == (Status.BOOKED, 0)


def test_on_its_own_day_with_its_own_escort(cast: Cast) -> None:
    session = at_state(Status.BOOKED, cast)
    with pytest.raises(Refused):
        arrive(session, cast, now=NOW + timedelta(days=1))
    with pytest.raises(Refused):
        arrive(session, cast, escort=ContactFactory(patient__site=cast.riverside))


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.WAITING, Status.HELD, Status.MONITORING, Status.DISCHARGED])
def test_nobody_arrives_twice(cast: Cast, status: str) -> None:
    session = at_state(status, cast)
    with pytest.raises(Refused):
        arrive(session, cast)
    session.refresh_from_db()
    assert session.status == status


def test_the_way_home_can_change_while_the_patient_is_here(cast: Cast) -> None:
    session = at_state(Status.MONITORING, cast)
    arrival.set_way_home(session, way_home="ride", escort=None, by=cast.desk, now=NOW)
    session.refresh_from_db()
    assert session.way_home == "ride"
    with pytest.raises(Refused):
        arrival.set_way_home(at_state(Status.BOOKED, cast), way_home="ride", escort=None, by=cast.desk, now=NOW)


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.CLEARED])
def test_a_wait_and_back_keeps_the_arrival(cast: Cast, status: str) -> None:
    session = at_state(status, cast)
    arrived_at = session.arrived_at
    with pytest.raises(Refused):
        arrival.wait(session, reason="", by=cast.nurse, now=NOW)
    arrival.wait(session, reason="Pressure", by=cast.nurse, now=NOW)
    for _ in range(2):
        arrival.resume(session, by=cast.nurse, now=LATER)
    session.refresh_from_db()
    assert (session.status, session.waiting_at, session.arrived_at) == (Status.ARRIVED, NOW, arrived_at)
    with pytest.raises(Refused):
        arrival.resume(at_state(Status.BOOKED, cast), by=cast.nurse, now=LATER)


def test_held_and_reopened_the_same_day(cast: Cast) -> None:
    session = at_state(Status.CLEARED, cast)
    arrival.hold(session, reason="Ill today", by=cast.nurse, now=NOW)
    with pytest.raises(Refused):
        arrival.reopen(session, reason="Better", by=cast.nurse, now=NOW + timedelta(days=1))
    with pytest.raises(Refused):
        arrival.reopen(session, reason="", by=cast.nurse, now=LATER)
    arrival.reopen(session, reason="Better", by=cast.nurse, now=LATER)
    session.refresh_from_db()
    assert (session.status, session.held_at) == (Status.ARRIVED, NOW)
    with pytest.raises(Refused):
        arrival.reopen(session, reason="Again", by=cast.nurse, now=LATER)


def test_a_chair_that_was_given_away_meanwhile_stays_given(cast: Cast) -> None:
    """A held visit frees its chair (DOS-7)."""
    session = at_state(Status.HELD, cast)
    at_state(Status.ARRIVED, cast, chair=session.chair, starts_at=session.starts_at, ends_at=session.ends_at)
    with pytest.raises(Refused) as caught:
        arrival.reopen(session, reason="Better", by=cast.nurse, now=NOW)
    assert [finding.key for finding in caught.value.findings] == ["BOOK.chair"]
    session.refresh_from_db()
    assert session.status == Status.HELD


def test_after_a_spray_nothing_is_held(cast: Cast) -> None:
    session = at_state(Status.DOSING, cast)
    with pytest.raises(Refused) as caught:
        arrival.hold(session, reason="Ill", by=cast.nurse, now=NOW)
    assert caught.value.findings[0].key == "hold.sprayed"


def test_a_started_session_without_a_spray_can_be_held(cast: Cast) -> None:
    session = at_state(Status.CLEARED, cast)
    TreatmentSession.objects.filter(pk=session.pk).update(status=Status.DOSING, dosing_at=NOW)
    DeviceUseFactory(session=session, sprays=0)
    arrival.hold(session, reason="Device failed, no other", by=cast.nurse, now=NOW)
    session.refresh_from_db()
    assert session.status == Status.HELD
