"""Starting, devices, undo, correction, stopping early: gates guard the press, a device is never refused (PRE-6, DOS-2, OUT-4)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry, DutyPeriod, User
from clinic.signatures import IdentityProof
from sessions.actions import devices, dosing
from sessions.actions.dosing import Given, Kit
from sessions.actions.early import Signer
from sessions.models import Breach, DeviceUse, IdentityCheck, MonitoringForm, SessionEvent, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from sessions.states import FormStatus, Status
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.patients import signed_order
from tests.factories.sessions import EXPIRY, LOT, at_state

pytestmark = pytest.mark.django_db
KIT = Kit(route="bulk", lot=LOT, expires_on=EXPIRY)
GIVEN = Given(kit=KIT, sprays=2, given_at=NOW, observed_by=None)


def start(session: TreatmentSession, cast: Cast, **fields: object) -> TreatmentSession:
    given = {
        "kit": KIT, "said_name": True, "said_birth_date": True, "client_key": uuid4(), "by": cast.nurse, "membership": cast.of(cast.nurse), "now": NOW,
    }  # fmt: skip
    return dosing.start(session, **(given | fields))  # type: ignore[arg-type]


def give(session: TreatmentSession, cast: Cast, given: Given = GIVEN, **fields: object) -> DeviceUse:
    who = {"client_key": uuid4(), "by": cast.nurse, "membership": cast.of(cast.nurse), "now": NOW}
    return dosing.record_device(session, given=given, **(who | fields))  # type: ignore[arg-type]


def correct(device: DeviceUse, cast: Cast, given: Given, **fields: object) -> DeviceUse:
    who = {"reason": "Mistyped", "client_key": uuid4(), "by": cast.nurse, "now": NOW}
    if isinstance(second := fields.get("second"), User):
        fields["second"] = Signer(proof=IdentityProof(second, "password"), membership=cast.of(second))
    return devices.correct_device(device, given=given, **(who | fields))  # type: ignore[arg-type]


def undo(device: DeviceUse, cast: Cast, **fields: object) -> DeviceUse:
    return devices.undo_device(device, **({"client_key": uuid4(), "by": cast.nurse, "now": NOW} | fields))  # type: ignore[arg-type]


def broken(session: TreatmentSession) -> set[str]:
    return set(Breach.objects.filter(session=session).values_list("finding", flat=True))


def status_of(session: TreatmentSession) -> str:
    session.refresh_from_db()
    return session.status


def test_the_start_asks_every_gate_again(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session, key = at_state(Status.CLEARED, cast), uuid4()
    for _ in range(2):
        start(session, cast, client_key=key)
    session.refresh_from_db()
    assert (session.status, session.kit_lot, session.monitor, session.dosing_at) == (Status.DOSING, LOT, cast.nurse, NOW)
    assert IdentityCheck.objects.filter(session=session, moment="dose").count() == 1
    assert AuditEntry.objects.filter(action="session.dosing").count() == 1


def test_a_newer_order_carries_a_visit_whose_own_is_used_up(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.CLEARED, cast)
    old = session.course.orders.get()
    TreatmentSession.objects.filter(pk=session.pk).update(order=old)
    old.sessions = 1
    old.save(update_fields=["sessions"])
    other = at_state(Status.DISCHARGED, cast, patient=session.patient, course=session.course)
    TreatmentSession.objects.filter(pk=other.pk).update(order=old, treatment_on=session.treatment_on - timedelta(days=4))
    with pytest.raises(Refused) as caught:
        start(session, cast)
    assert [finding.key for finding in caught.value.findings] == ["DOS-8.used_up"]
    new = signed_order(course=session.course)
    assert start(session, cast).order == new


@pytest.mark.parametrize("status", [Status.BOOKED, Status.ARRIVED, Status.WAITING, Status.HELD, Status.MISSED])
def test_only_who_was_cleared_is_started(cast: Cast, prescriber_here: DutyPeriod, status: str) -> None:
    session = at_state(Status.CLEARED, cast)
    stamps = {"waiting_at": NOW - timedelta(hours=2), "held_at": NOW - timedelta(hours=2), "missed_at": NOW, "status_reason": "Rest"}
    change(TreatmentSession.objects.filter(pk=session.pk), status=status, **stamps)
    with pytest.raises(Refused) as caught:
        start(session, cast)
    assert [finding.key for finding in caught.value.findings] == ["start.state"]
    assert status_of(session) == status


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"said_name": False}, "PRE-5.name"),
        ({"said_birth_date": False}, "PRE-5.birth"),
        ({"kit": replace(KIT, expires_on=date(2026, 6, 9))}, "DOS-2.expired"),
        ({"now": NOW + timedelta(minutes=25)}, "PRE-2.stale"),
    ],
)
def test_a_shut_gate_writes_nothing(cast: Cast, prescriber_here: DutyPeriod, fields: dict[str, object], key: str) -> None:
    session = at_state(Status.CLEARED, cast)
    with pytest.raises(Refused) as caught:
        start(session, cast, **fields)
    assert next(finding.key for finding in caught.value.findings).startswith(key)
    assert (status_of(session), IdentityCheck.objects.filter(session=session, moment="dose").count()) == (Status.CLEARED, 0)


def test_no_start_without_a_prescriber_and_not_before_clearing(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        start(at_state(Status.CLEARED, cast), cast)
    assert [finding.key for finding in caught.value.findings] == ["SET-2.prescriber", "SET-3.monitor"]  # who presses counts when checked in


def test_the_last_planned_device_begins_the_watch(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.CLEARED, cast)
    start(session, cast)
    key = uuid4()
    assert give(session, cast, client_key=key) == give(session, cast, client_key=key)
    assert status_of(session) == Status.DOSING
    assert MonitoringForm.objects.get(session=session).status == FormStatus.OWED
    at = NOW + timedelta(minutes=5)
    second = give(session, cast, replace(GIVEN, given_at=at, observed_by=cast.second_nurse), now=at)
    assert (second.number, second.observed_by, status_of(session)) == (2, cast.second_nurse, Status.MONITORING)
    assert broken(session) == set()
    assert AuditEntry.objects.filter(action="device.recorded").count() == 2


def test_a_device_before_any_start_is_kept_with_its_breaches(cast: Cast) -> None:
    """The gate guards the intention, never the fact."""
    session = at_state(Status.BOOKED, cast)
    device = give(session, cast, replace(GIVEN, kit=Kit(route="bulk", lot="", expires_on=date(2026, 1, 1))))
    assert status_of(session) == Status.DOSING
    assert {"SET-2.prescriber", "PRE-5.identity", "PRE-5.dose", "PRE-4.unasked", "PRE-2.missing", "DOS-2.expired"} <= broken(session)
    assert Breach.objects.filter(happened_at=device.observed_at, recorded_by=cast.nurse).count() == len(broken(session))
    assert MonitoringForm.objects.filter(session=session).exists()


@pytest.mark.parametrize("status", [status for status in Status.values if status != Status.VOIDED])
def test_a_device_is_never_refused(cast: Cast, status: str) -> None:
    session = at_state(status, cast)
    assert give(session, cast).pk
    assert status_of(session) in (Status.DOSING, Status.MONITORING, Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)


def test_but_not_in_a_voided_session_nor_in_the_future(cast: Cast) -> None:
    with pytest.raises(Refused):
        give(at_state(Status.VOIDED, cast), cast)
    with pytest.raises(Refused):
        give(at_state(Status.DOSING, cast), cast, replace(GIVEN, given_at=NOW + timedelta(minutes=1)))


def test_after_the_patient_has_gone_it_is_a_breach(cast: Cast) -> None:
    session = at_state(Status.DISCHARGED, cast)
    give(session, cast)
    assert {"OUT-2.device_after", "DOS-8.more"} <= broken(session)
    assert status_of(session) == Status.DISCHARGED


def test_no_spray_starts_no_clock(cast: Cast) -> None:
    session = at_state(Status.CLEARED, cast)
    give(session, cast, replace(GIVEN, sprays=0, has_failed=True))
    assert status_of(session) == Status.CLEARED
    assert not MonitoringForm.objects.filter(session=session).exists()


def test_a_late_first_entry_is_reported(cast: Cast, prescriber_here: DutyPeriod) -> None:
    """OUT-4: over the late-entry minutes, by one person alone."""
    session = at_state(Status.CLEARED, cast)
    start(session, cast, now=NOW - timedelta(minutes=6))
    give(session, cast, replace(GIVEN, given_at=NOW - timedelta(minutes=5)))
    assert broken(session) == set()
    at = NOW + timedelta(minutes=20)
    give(session, cast, replace(GIVEN, given_at=at - timedelta(minutes=11)), now=at)
    assert broken(session) == {"OUT-4.backdated.2"}


def test_taken_back_within_a_minute(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.CLEARED, cast)
    start(session, cast)
    device, key = give(session, cast), uuid4()
    for _ in range(2):
        undo(device, cast, client_key=key, now=NOW + timedelta(seconds=60))
    assert not DeviceUse.objects.standing().filter(session=session).exists()
    assert (status_of(session), MonitoringForm.objects.get(session=session).status) == (Status.DOSING, FormStatus.VOID)
    assert give(session, cast).number == 1
    assert MonitoringForm.objects.get(session=session).status == FormStatus.OWED


def test_taken_back_by_nobody_else_and_no_later(cast: Cast) -> None:
    session = at_state(Status.DOSING, cast)
    device = give(session, cast)
    for fields in ({"by": cast.second_nurse}, {"now": NOW + timedelta(seconds=61)}):
        with pytest.raises(Refused):
            undo(device, cast, **fields)
    with pytest.raises(Refused):
        undo(DeviceUse.objects.get(session=session, number=1), cast)
    undo(device, cast)
    assert status_of(session) == Status.DOSING
    with pytest.raises(Refused):
        undo(device, cast)


def test_a_correction_is_no_slip(cast: Cast) -> None:
    """A typo put right, then taken back: the device would be gone, and the session could be voided by one person (OUT-4)."""
    session = at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=60))
    device = DeviceUse.objects.standing().filter(session=session).latest("pk")
    made = correct(device, cast, replace(GIVEN, given_at=device.observed_at))
    with pytest.raises(Refused) as caught:
        undo(made, cast)
    assert caught.value.findings[0].code == "OUT-4.undo"
    assert DeviceUse.objects.standing().filter(pk=made.pk).exists()


def test_a_correction_stands_in_its_place(cast: Cast) -> None:
    session = at_state(Status.MONITORING, cast)
    device = DeviceUse.objects.get(session=session, number=2)
    later = replace(GIVEN, given_at=device.observed_at + timedelta(minutes=3), sprays=1)
    key = uuid4()
    made = correct(device, cast, later, client_key=key)
    assert correct(device, cast, later, client_key=key) == made
    assert (made.number, made.supersedes, made.sprays, made.reason) == (2, device, 1, "Mistyped")
    picture = picture_of(session, policy_for(session))
    assert (picture.last_device_at, picture.given_mg) == (made.observed_at, 42)
    with pytest.raises(Refused):
        correct(device, cast, later)


@pytest.mark.parametrize("change", [{"given_at": NOW - timedelta(minutes=90)}, {"sprays": 0}])
def test_opening_the_gate_earlier_needs_a_second_person(cast: Cast, change: dict[str, object]) -> None:
    """OUT-4."""
    session = at_state(Status.MONITORING, cast)
    device = DeviceUse.objects.get(session=session, number=2)
    given = replace(GIVEN, given_at=device.observed_at, **change) if "given_at" not in change else replace(GIVEN, **change)
    for second in (None, cast.nurse):
        with pytest.raises(Refused) as caught:
            correct(device, cast, given, second=second)
        assert caught.value.findings[0].key == "OUT-4.second"
    assert DeviceUse.objects.filter(session=session).count() == 2
    assert correct(device, cast, given, second=cast.second_nurse).supersedes == device


def test_a_correction_needs_a_reason_and_an_open_record(cast: Cast) -> None:
    device = DeviceUse.objects.get(session=at_state(Status.MONITORING, cast), number=1)
    with pytest.raises(Refused):
        correct(device, cast, replace(GIVEN, given_at=device.observed_at), reason=" ")
    closed = DeviceUse.objects.get(session=at_state(Status.DISCHARGED, cast), number=1)
    with pytest.raises(Refused):
        correct(closed, cast, replace(GIVEN, given_at=closed.observed_at))


def test_a_first_spray_that_a_correction_backdates_waits_for_a_second_person(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.CLEARED, cast)
    start(session, cast)
    unsprayed = give(session, cast, replace(GIVEN, sprays=0))
    backdated = replace(GIVEN, given_at=NOW - timedelta(minutes=130))
    alone = correct(unsprayed, cast, backdated)
    assert (alone.sprays, gate_of(session)) == (2, NOW + timedelta(minutes=120))
    correct(alone, cast, backdated, second=cast.second_nurse)
    assert gate_of(session) == NOW - timedelta(minutes=10)


def gate_of(session: TreatmentSession) -> datetime | None:
    return picture_of(session, policy_for(session)).gate_opens_at


def test_status_follows_the_devices_that_stand(cast: Cast) -> None:
    """A device that was never sprayed: dosing goes on; once corrected back, the watch."""
    session = at_state(Status.MONITORING, cast)
    device = DeviceUse.objects.get(session=session, number=2)
    none = correct(device, cast, replace(GIVEN, given_at=device.observed_at, sprays=0), second=cast.second_nurse)
    assert status_of(session) == Status.DOSING
    correct(none, cast, replace(GIVEN, given_at=device.observed_at))
    assert status_of(session) == Status.MONITORING


def test_stopped_early(cast: Cast) -> None:
    session, key = at_state(Status.DOSING, cast), uuid4()
    with pytest.raises(Refused):
        dosing.stop_dosing(session, reason=" ", client_key=uuid4(), by=cast.nurse, now=NOW)
    for _ in range(2):
        dosing.stop_dosing(session, reason="Patient asked to stop", client_key=key, by=cast.nurse, now=NOW)
    assert status_of(session) == Status.MONITORING
    assert SessionEvent.objects.get(session=session).kind == "stopped_early"
    device = DeviceUse.objects.get(session=session)
    correct(device, cast, replace(GIVEN, given_at=device.observed_at + timedelta(minutes=1)))
    assert status_of(session) == Status.MONITORING


def test_without_a_spray_there_is_nothing_to_stop(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.CLEARED, cast)
    start(session, cast)
    with pytest.raises(Refused):
        dosing.stop_dosing(session, reason="Asked", client_key=uuid4(), by=cast.nurse, now=NOW)
