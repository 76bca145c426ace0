"""A device written down late counts for the gate from its entry until a second person confirms it (OUT-4)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic import guards
from clinic.findings import Refused
from clinic.models import AuditEntry, DutyPeriod, Signature, User
from clinic.signatures import IdentityProof, broken, is_intact, sign
from desk.queries.board import floor_of
from sessions import signed_seconds
from sessions.actions import device_seconds, devices, dosing
from sessions.actions.dosing import Given, Kit
from sessions.actions.early import Signer
from sessions.models import DeviceConfirmation, DeviceUse, Discharge, ReadinessCheck, TreatmentSession
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


def signer(user: User) -> Signer:
    return Signer(proof=IdentityProof(user, "password"), membership=user.memberships.get())


def correct(device: DeviceUse, given_at: datetime, *, by: User, second: User | None = None) -> DeviceUse:
    given = Given(kit=Kit(route="bulk", lot="B", expires_on=EXPIRY), sprays=2, given_at=given_at, observed_by=None)
    return devices.correct_device(
        device, given=given, reason="Mistyped", client_key=uuid4(), by=by, now=NOW, second=signer(second) if second else None
    )


def confirm(device: DeviceUse, by: User, **fields: object) -> DeviceConfirmation:
    given = {"second": signer(by), "client_key": uuid4(), "by": by, "now": NOW}
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


def test_the_second_persons_word_is_signed_and_bound_by_the_discharge(cast: Cast, late: DeviceUse) -> None:
    """OUT-4: their own signature under the device's time; and who changes either is found by the discharge's too."""
    made = confirm(late, cast.second_nurse)
    own = Signature.objects.get(target_kind="deviceconfirmation")
    assert (own.signer, own.meaning, own.target_pk, is_intact(own)) == (cast.second_nurse, "vouch", made.pk, True)
    check = ReadinessCheck.objects.create(
        site=made.site, session=made.session, observed_at=NOW, recorded_at=NOW, recorded_by=cast.nurse, client_key=uuid4(), answers={}
    )
    discharge = Discharge.objects.create(
        site=made.site, session=made.session, readiness=check, discharged_at=NOW, discharged_by=cast.nurse, recorded_at=NOW, client_key=uuid4()
    )
    signatures = [
        sign(
            site=made.site, membership=cast.of(cast.nurse), proof=IdentityProof(cast.nurse, "password"), meaning="discharge", target_kind="discharge",
            target_pk=discharge.pk, schema=schema, now=NOW,
        ) for schema in (1, 2, signed_seconds.USUAL, signed_seconds.EARLY)
    ]  # fmt: skip
    assert not list(broken(Signature.objects.all()))
    with guards.lifted():
        DeviceConfirmation.objects.update(second=cast.prescriber)
    assert [is_intact(signature) for signature in (*signatures, own)] == [True, True, False, False, False]
    with guards.lifted():
        DeviceConfirmation.objects.update(second=cast.second_nurse)
        DeviceUse.objects.update(counts_from=NOW - timedelta(minutes=1))
    assert {one.signature.content_schema for one in broken(Signature.objects.all())} == {signed_seconds.USUAL, signed_seconds.EARLY, 1}
    assert is_intact(signatures[0])
    with pytest.raises(LookupError):
        signed_seconds.render_confirmation(10**6)
    assert [render([10**6]) for render in (signed_seconds.render_discharges, signed_seconds.render_early_discharges)] == [{}, {}]


def test_a_usual_discharge_since_then_is_bound_as_ever() -> None:
    """Schema 3 is frozen: this text must never change."""
    device = DeviceUse(pk=5, counts_from=NOW)
    second = DeviceConfirmation(pk=6, device_id=5, second_id=2, observed_at=NOW, recorded_at=NOW, recorded_by_id=1)
    at = NOW.isoformat()
    assert signed_seconds.seconded_text(3, "vigil-discharge 1", [device, second], [second]).splitlines() == [
        "vigil-discharge 3", f'late {{"counts_from": "{at}", "device": 5}}',
        f'confirmed {{"device_id": 5, "id": 6, "observed_at": "{at}", "recorded_at": "{at}", "recorded_by_id": 1, "second_id": 2}}',
        "vigil-discharge 1",
    ]  # fmt: skip


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
