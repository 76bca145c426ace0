"""A device written down late counts for the gate from its entry until a second person confirms it (OUT-4)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, DutyPeriod, User
from clinic.signatures import IdentityProof
from desk.queries.board import floor_of
from sessions.actions import device_seconds, devices, dosing
from sessions.actions.dosing import Given, Kit
from sessions.models import DeviceConfirmation, DeviceUse, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.leaving import gate_of_discharge
from sessions.queries.policies import policy_for
from sessions.rules import dosing as rules
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import EXPIRY, LOT, at_state

pytestmark = pytest.mark.django_db
TWO_HOURS = timedelta(minutes=120)
LATE = NOW - timedelta(minutes=150)


@pytest.mark.parametrize(("late", "waits"), [(0, False), (10, False), (11, True), (150, True)])
def test_only_a_late_entry_counts_from_when_it_was_written(late: int, waits: bool) -> None:
    found = rules.counts_from(given_at=NOW - timedelta(minutes=late), recorded_at=NOW, late_after=timedelta(minutes=10))
    assert found == (NOW if waits else None)


@pytest.mark.parametrize(("before", "after"), [(None, None), (NOW, NOW), (LATE, None), (LATE - TWO_HOURS, None)])
def test_a_correction_by_one_person_goes_on_waiting(before: datetime | None, after: datetime | None) -> None:
    assert rules.corrected_counts_from(given_at=LATE, before=before) == after


def give(session: TreatmentSession, cast: Cast, given_at: datetime = LATE) -> DeviceUse:
    given = Given(kit=Kit(route="bulk", lot=LOT, expires_on=EXPIRY), sprays=2, given_at=given_at, observed_by=None)
    return dosing.record_device(session, given=given, client_key=uuid4(), by=cast.nurse, membership=cast.of(cast.nurse), now=NOW)


def correct(device: DeviceUse, given_at: datetime, *, by: User, second: User | None = None) -> DeviceUse:
    given = Given(kit=Kit(route="bulk", lot="B", expires_on=EXPIRY), sprays=2, given_at=given_at, observed_by=None)
    return devices.correct_device(device, given=given, reason="Mistyped", client_key=uuid4(), by=by, now=NOW, second=second)


def confirm(device: DeviceUse, by: User, **fields: object) -> DeviceConfirmation:
    given = {"second": IdentityProof(by, "password"), "client_key": uuid4(), "by": by, "now": NOW}
    return device_seconds.confirm_device(device, **(given | fields))  # type: ignore[arg-type]


def gate_of(session: TreatmentSession) -> datetime | None:
    return picture_of(session, policy_for(session)).gate_opens_at


@pytest.fixture
def late(cast: Cast, prescriber_here: DutyPeriod) -> DeviceUse:
    return give(at_state(Status.CLEARED, cast), cast)


def test_one_person_alone_does_not_open_the_gate(cast: Cast, late: DeviceUse) -> None:
    session = late.session
    assert gate_of(session) == NOW + TWO_HOURS
    assert "MON-1.time" in {finding.key for finding in gate_of_discharge(picture_of(session, policy_for(session)), NOW)}
    card = next(card for card in floor_of(cast.riverside, NOW).cards if card.get("second"))
    assert (card["second"], card["gate_opens_at"]) == ("Device 1 waits for a second person", NOW + TWO_HOURS)
    key = uuid4()
    for _ in range(2):
        confirm(late, cast.second_nurse, client_key=key)
    assert gate_of(session) == LATE + TWO_HOURS
    assert DeviceConfirmation.objects.count() == AuditEntry.objects.filter(action="device.confirmed").count() == 1
    assert not any(card.get("second") for card in floor_of(cast.riverside, NOW).cards)
    with pytest.raises(Refused) as caught:
        confirm(late, cast.prescriber)
    assert caught.value.findings[0].key == "OUT-4.not_waiting"


def test_who_wrote_it_confirms_nothing_not_even_after_another_has_corrected_the_lot(cast: Cast, late: DeviceUse) -> None:
    made = correct(late, LATE, by=cast.second_nurse)
    assert gate_of(late.session) == NOW + TWO_HOURS
    for person in (cast.nurse, cast.second_nurse):
        with pytest.raises(Refused) as caught:
            confirm(made, person)
        assert caught.value.findings[0].key == "OUT-4.same"
    with pytest.raises(Refused):
        confirm(late, cast.prescriber)
    assert not DeviceConfirmation.objects.exists()
    confirm(made, cast.prescriber)
    assert gate_of(late.session) == LATE + TWO_HOURS


def test_a_correction_keeps_what_was_confirmed_and_opens_nothing_by_itself(cast: Cast, late: DeviceUse) -> None:
    confirm(late, cast.second_nurse)
    session = late.session
    same = correct(late, LATE, by=cast.nurse)
    assert gate_of(session) == LATE + TWO_HOURS
    with pytest.raises(Refused):
        correct(same, LATE - timedelta(minutes=5), by=cast.nurse, second=cast.nurse)
    moved = correct(same, LATE - timedelta(minutes=5), by=cast.nurse, second=cast.second_nurse)
    assert gate_of(session) == LATE - timedelta(minutes=5) + TWO_HOURS
    assert moved.confirmation.second == cast.second_nurse


def test_a_closed_record_is_not_confirmed(cast: Cast, late: DeviceUse) -> None:
    TreatmentSession.objects.filter(pk=late.session_id).update(status=Status.DISCHARGED, discharged_at=NOW)
    with pytest.raises(Refused) as caught:
        confirm(late, cast.second_nurse)
    assert caught.value.findings[0].key == "OUT-2.closed"


def test_a_site_that_counts_from_the_first_device(cast: Cast, late: DeviceUse) -> None:
    """A second device in time tells as much about the first one's time as a person does."""
    give(late.session, cast, NOW - timedelta(minutes=2))
    policy = replace_anchor(late.session)
    assert picture_of(late.session, policy).gate_opens_at == NOW - timedelta(minutes=2) + TWO_HOURS


def replace_anchor(session: TreatmentSession):  # type: ignore[no-untyped-def]
    policy = policy_for(session)
    policy.gate_anchor = "first_device"
    return policy


def test_the_page(client: Client, cast: Cast, late: DeviceUse) -> None:
    client.force_login(cast.nurse)
    url = reverse("device_confirm", args=["riverside", late.pk])
    flowsheet = client.get(reverse("flowsheet", args=["riverside", late.session_id])).content.decode()
    assert "waits for a second person" in flowsheet
    assert url in flowsheet
    assert "150 minutes earlier" in client.get(url).content.decode()
    told = {"client_key": str(uuid4()), "second_email": cast.second_nurse.email, "second_password": "wrong"}
    for wrong in (told, told | {"second_email": cast.desk.email}, told | {"second_email": cast.nurse.email, "second_password": PASSWORD}, {}):
        answer = client.post(url, wrong)
        assert answer.status_code == 422
        assert not DeviceConfirmation.objects.exists()
    told["second_password"] = PASSWORD
    assert client.post(url, told).status_code == 303
    assert DeviceConfirmation.objects.get().second == cast.second_nurse
    assert "time confirmed by" in client.get(reverse("flowsheet", args=["riverside", late.session_id])).content.decode()
