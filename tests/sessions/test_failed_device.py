"""Partial, failed and unopened devices: clocks, planned devices, the maker's complaint, the stock (DOS-2)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, DutyPeriod, Notice
from desk.queries.tasks import task_rows
from sessions.actions import complaints, devices, dosing
from sessions.actions.dosing import Given, Kit
from sessions.models import DeviceUse, MonitoringForm, SessionEvent, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from sessions.rules.dosing import stopped_words
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import EXPIRY, LOT, at_state

pytestmark = pytest.mark.django_db
GIVEN = Given(kit=Kit(route="bulk", lot=LOT, expires_on=EXPIRY), sprays=2, given_at=NOW, observed_by=None)
FAILED = replace(GIVEN, sprays=0, has_failed=True)


def give(session: TreatmentSession, cast: Cast, given: Given) -> DeviceUse:
    return dosing.record_device(session, given=given, client_key=uuid4(), by=cast.nurse, membership=cast.of(cast.nurse), now=NOW)


@pytest.mark.parametrize(
    ("given", "planned", "words"),
    [
        (1, 3, "Pressure. 2 unopened devices go back to stock."),
        (2, 3, "Pressure. 1 unopened device goes back to stock."),
        (3, 3, "Pressure"),
    ],
)
def test_what_is_unopened_goes_back_to_stock(given: int, planned: int, words: str) -> None:
    assert stopped_words("Pressure", given=given, planned=planned) == words
    assert len(stopped_words("x" * 400, given=given, planned=planned)) <= 200


def test_a_device_that_failed_unsprayed_is_replaced(cast: Cast, prescriber_here: DutyPeriod) -> None:
    """No spray: no clock, no form, and the dose still takes two."""
    session = at_state(Status.CLEARED, cast)
    give(session, cast, FAILED)
    session.refresh_from_db()
    assert (session.status, MonitoringForm.objects.filter(session=session).exists()) == (Status.CLEARED, False)
    for _ in range(2):
        give(session, cast, GIVEN)
    session.refresh_from_db()
    picture = picture_of(session, policy_for(session))
    assert (session.status, picture.given_mg, len(picture.devices)) == (Status.MONITORING, 56, 3)


def test_one_spray_starts_everything(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.CLEARED, cast)
    give(session, cast, replace(FAILED, sprays=1))
    session.refresh_from_db()
    picture = picture_of(session, policy_for(session))
    assert (session.status, picture.given_mg) == (Status.DOSING, 14)
    assert picture.gate_opens_at == NOW + timedelta(minutes=120)
    assert MonitoringForm.objects.get(session=session).status == "owed"
    dosing.stop_dosing(session, reason="No other device", client_key=uuid4(), by=cast.nurse, now=NOW)
    assert SessionEvent.objects.get(session=session).what == "No other device. 1 unopened device goes back to stock."


def test_a_failure_is_a_task_until_the_maker_was_told(cast: Cast, sign_in, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.DOSING, cast)
    give(session, cast, FAILED)
    (row,) = task_rows(cast.riverside, NOW, "monitor")
    assert (row["text"], row["is_late"]) == ("Device 2 failed: keep it, and tell the maker (product complaint).", False)
    assert task_rows(cast.riverside, NOW + timedelta(days=1, seconds=1), "monitor")[0]["is_late"]
    nurse, url = sign_in(cast.nurse), reverse("complaint_report", args=["riverside", session.pk])
    page = reverse("flowsheet", args=["riverside", session.pk]) + "?step=dose"
    assert url in nurse.get(page).content.decode()
    for junk in ({"number": 2, "reference": " "}, {"number": "x", "reference": "A"}, {}):
        assert nurse.post(url, junk).status_code == 422
    for _ in range(2):
        assert nurse.post(url, {"number": 2, "reference": "PC-118"}).status_code == 303
    assert task_rows(cast.riverside, NOW, "monitor") == []
    assert Notice.objects.get().resolved_how == "The maker was told: PC-118"
    assert AuditEntry.objects.filter(action="device.complaint_reported").count() == 1
    assert url not in nurse.get(page).content.decode()


@pytest.mark.parametrize("way", ["correct", "undo"])
def test_one_that_had_not_failed_is_no_complaint(cast: Cast, prescriber_here: DutyPeriod, way: str) -> None:
    session = at_state(Status.DOSING, cast)
    device = give(session, cast, FAILED)
    who = {"client_key": uuid4(), "by": cast.nurse, "now": NOW}
    if way == "undo":
        devices.undo_device(device, **who)  # type: ignore[arg-type]
    else:
        devices.correct_device(device, given=replace(FAILED, has_failed=False), reason="Mistyped", **who)  # type: ignore[arg-type]
    assert complaints.open_complaints(session) == set()


def test_no_reference_no_report(cast: Cast) -> None:
    with pytest.raises(Refused):
        complaints.report_complaint(at_state(Status.DOSING, cast), number=1, reference=" ", by=cast.nurse, now=NOW)


@pytest.mark.parametrize("status", [Status.BOOKED, Status.ARRIVED, Status.HELD])
def test_a_device_corrected_to_sprayed_begins_the_dosing(cast: Cast, status: str) -> None:
    """Written down as unopened before any dose, and then put right: the patient is watched, and the form is owed (DOS-2, PMF-1)."""
    session = at_state(status, cast)
    unopened = give(session, cast, replace(GIVEN, sprays=0))
    devices.correct_device(unopened, given=GIVEN, reason="It was sprayed", client_key=uuid4(), by=cast.nurse, now=NOW)
    session.refresh_from_db()
    assert (session.status, session.dosing_at, session.policy_id is not None) == (Status.DOSING, NOW, True)
    assert MonitoringForm.objects.filter(session=session).exists()
