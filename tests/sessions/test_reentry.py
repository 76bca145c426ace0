"""Wrong patient: entered again in the right session by two people; clocks, form, alerts and breaches follow, nothing is half done (OUT-4)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse

from clinic.actions.screens import enrol_screen
from clinic.facts import Fact
from clinic.findings import Refused
from clinic.models import AuditEntry, Notice, Signature
from clinic.signatures import IdentityProof, is_intact
from sessions.actions import complaints, departures, dosing, leaving, reentry, watch
from sessions.actions.early import Signer
from sessions.actions.emergency import press
from sessions.actions.forms import owe_form
from sessions.actions.screens import ask_help
from sessions.models import (
    Addendum,
    AdverseEvent,
    Alert,
    Breach,
    Departure,
    DeviceConfirmation,
    DeviceUse,
    IdentityCheck,
    NextStep,
    Observation,
    Preparation,
    Redrawing,
    SafetyCall,
)
from sessions.picture import picture_of
from sessions.queries.complaints import open_complaints
from sessions.queries.policies import policy_for
from sessions.rules.readiness import ITEMS
from sessions.states import FormStatus
from tests.cast import NOW
from tests.factories.adverse import serious
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import GOOD_VITALS, at_state
from tests.sessions.test_failed_device import FAILED

STAYS = {IdentityCheck, Addendum, DeviceConfirmation, NextStep, Preparation, Redrawing}
FIRST = NOW - timedelta(minutes=50)


def test_every_kind_of_fact_of_a_session_is_thought_of():
    of_sessions = {model for model in apps.get_models() if issubclass(model, Fact) and any(field.name == "session" for field in model._meta.fields)}
    assert of_sessions == set(reentry.MOVED) | STAYS


def signer(cast, user):
    return Signer(proof=IdentityProof(user, "password"), membership=cast.of(user))


def again(source, right, cast, *, second="second_nurse", reason="Charts mixed up"):
    who = signer(cast, cast.person(second)) if second else None
    return reentry.reenter(source, target=right, reason=reason, second=who, by=cast.nurse, membership=cast.of(cast.nurse), now=NOW)


def take_check(session, cast, at, **values):
    check = watch.Check(values=GOOD_VITALS | values, observed_at=at, client_key=uuid4())
    return watch.record_observation(session, check=check, by=cast.support, now=at)


@pytest.fixture
def wrong(cast, prescriber_here):
    """Watched under the wrong chart, with an open alert and a round."""
    session = at_state("monitoring", cast, first_device_at=FIRST)
    owe_form(session, by=cast.nurse, now=FIRST)
    take_check(session, cast, FIRST + timedelta(minutes=40), systolic=175)
    watch.record_round(session, observed_at=NOW - timedelta(minutes=2), client_key=uuid4(), by=cast.support, now=NOW - timedelta(minutes=2))
    return session


@pytest.fixture
def right(cast):
    return at_state("booked", cast, starts_at=NOW - timedelta(minutes=80))


def stands(session):
    session.refresh_from_db()
    return picture_of(session, policy_for(session))


def test_everything_follows_with_its_own_times(wrong, right, cast):
    before = stands(wrong)
    assert again(wrong, right, cast).pk == right.pk
    now = stands(right)
    assert (right.status, right.dosing_at, right.monitoring_at) == ("monitoring", FIRST, before.session.monitoring_at)
    assert (now.gate_opens_at, now.first_device_at) == (before.gate_opens_at, FIRST)
    for part in ("predose_checks", "devices", "observations", "rounds"):
        old, new = getattr(before, part), getattr(now, part)
        assert [(row.supersedes_id, row.observed_at, row.observed_by_id, row.recorded_by_id, row.recorded_at) for row in new] == [
            (row.pk, row.observed_at, row.observed_by_id or row.recorded_by_id, cast.nurse.pk, NOW) for row in old
        ]
    assert now.identity_checks == []
    assert now.observations[-1].systolic == 175
    after = stands(wrong)
    assert (wrong.status, wrong.replaced_by_id, wrong.void_second) == ("voided", right.pk, cast.second_nurse)
    assert after.devices == after.observations == after.rounds == []
    assert [entry.action for entry in AuditEntry.objects.filter(action__in=["session.voided", "session.seconded", "session.reentered"]).order_by("seq")] == [
        "session.voided", "session.seconded", "session.reentered",
    ]  # fmt: skip


def test_form_alert_and_breaches_of_the_right_patient(wrong, right, cast):
    again(wrong, right, cast)
    assert {form.session_id: form.status for form in (*wrong.forms.all(), *right.forms.all())} == {
        wrong.pk: FormStatus.VOID,
        right.pk: FormStatus.OWED,
    }
    old, new = Alert.objects.get(session=wrong), Alert.objects.get(session=right)
    assert (new.what, new.raised_at, new.closed_at, new.observation.supersedes_id) == (old.what, old.raised_at, None, old.observation_id)
    assert old.closed_at == NOW
    broken = set(Breach.objects.filter(session=right).values_list("finding", flat=True))
    assert {"PRE-5.identity", "PRE-5.dose"} <= broken
    assert set(Breach.objects.filter(session=right).values_list("happened_at", flat=True)) == {FIRST}


def test_twice_has_one_effect(wrong, right, cast):
    again(wrong, right, cast)
    counts = Observation.objects.count(), AuditEntry.objects.count()
    assert again(wrong, right, cast).pk == right.pk
    assert (Observation.objects.count(), AuditEntry.objects.count()) == counts


@pytest.mark.parametrize(
    ("second", "reason", "status", "code"),
    [
        (None, "Why", "booked", "OUT-4.second"),
        ("nurse", "Why", "booked", "OUT-4.same"),
        ("second_nurse", "", "booked", "void.reason"),
        ("second_nurse", "Why", "discharged", "reenter.closed"),
        ("second_nurse", "Why", "left", "reenter.gone"),
    ],
)
def test_refused_and_nothing_moved(wrong, cast, second, reason, status, code):
    right = at_state(status, cast)
    with pytest.raises(Refused) as refused:
        again(wrong, right, cast, second=second, reason=reason)
    assert code in [finding.code for finding in refused.value.findings]
    assert (stands(wrong).session.status, Observation.objects.exclude(supersedes=None).count()) == ("monitoring", 0)


def test_a_voided_session_is_entered_nowhere(cast, right):
    with pytest.raises(Refused) as refused:
        again(at_state("voided", cast), right, cast)
    assert refused.value.findings[-1].code == "reenter.voided"


def test_before_any_dose_the_right_patient_has_arrived(cast, right):
    wrong = at_state("cleared", cast)
    again(wrong, right, cast)
    now = stands(right)
    assert (right.status, right.arrived_at, len(now.predose_checks)) == ("arrived", wrong.arrived_at, 1)
    assert not right.forms.exists()


def test_devices_come_behind_those_that_are_there(wrong, cast):
    right = at_state("dosing", cast, first_device_at=NOW - timedelta(minutes=10))
    again(wrong, right, cast)
    assert list(DeviceUse.objects.standing().filter(session=right).values_list("number", flat=True)) == [1, 2, 3]
    assert stands(right).session.status == "monitoring"


def test_a_discharge_under_another_chart_is_no_sign_off(cast, right):
    wrong = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=130))
    take_check(wrong, cast, NOW - timedelta(minutes=1))
    ready = {item.id: item.good[0] for item in ITEMS}
    leaving.record_readiness(wrong, answers=ready, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    leaving.discharge(wrong, proof=IdentityProof(cast.nurse, "password"), membership=cast.of(cast.nurse), client_key=uuid4(), now=NOW)
    again(wrong, right, cast)
    assert is_intact(Signature.objects.get(target_kind="discharge"))
    assert (stands(right).session.status, right.left_at) == ("left", NOW)
    departure = Departure.objects.get(session=right)
    assert (departure.observed_at, departure.observed_by) == (NOW, cast.nurse)
    assert Notice.objects.filter(kind="departure_unsigned", target_pk=right.pk, resolved_at=None).exists()
    assert SafetyCall.objects.get(session=right).closed_at is None


@pytest.mark.parametrize("how", ["left", "transferred"])
def test_who_had_gone_has_gone_from_the_right_session_too(wrong, right, cast, how):
    told = departures.Departing(seen_at=NOW - timedelta(minutes=1), condition="Upset", destination="St. Mary's" if how == "transferred" else "")
    act = departures.record_left if how == "left" else departures.record_transfer
    act(wrong, departing=told, client_key=uuid4(), by=cast.nurse, now=NOW)
    again(wrong, right, cast)
    assert (stands(right).session.status, right.left_at or right.transferred_at) == (how, NOW - timedelta(minutes=1))
    assert Departure.objects.standing().get().session == right
    assert list(SafetyCall.objects.filter(closed_at=None).values_list("session_id", flat=True)) == ([right.pk] if how == "left" else [])


def test_an_emergency_goes_with_its_patient(wrong, right, cast):
    emergency = press(wrong.site, session=wrong, client_key=uuid4(), by=cast.nurse, now=NOW)
    again(wrong, right, cast)
    emergency.refresh_from_db()
    assert (emergency.session, emergency.patient) == (right, right.patient)


def test_a_serious_event_becomes_the_right_patients_and_is_owed_anew(wrong, right, cast):
    old = serious(cast, wrong)
    again(wrong, right, cast)
    new = AdverseEvent.objects.standing().get()
    assert (new.patient, new.session, new.supersedes, new.narrative, new.observed_at) == (right.patient, right, old, old.narrative, old.observed_at)
    assert new.case != old.case
    assert set(Notice.objects.filter(kind="serious_event", resolved_at=None).values_list("target_pk", flat=True)) <= {new.pk}


def test_the_page_and_both_charts(wrong, right, cast, sign_in):
    client = sign_in(cast.nurse)
    right.patient.last_name, right.patient.name_folded = "Quillfeather", "quillfeather, pat"
    right.patient.save(update_fields=["last_name", "name_folded"])
    url = reverse("session_reenter", args=["riverside", wrong.pk])
    assert str(right.patient) in client.get(url).content.decode()
    said = {"target": right.pk, "reason": "Charts mixed up", "second_email": cast.prescriber.email, "second_password": PASSWORD}
    assert client.post(url, said | {"target": "x"}).status_code == 422
    assert client.post(url, said | {"second_email": ""}).status_code == 422
    assert client.post(url, said | {"second_password": "wrong"}).status_code == 422
    assert client.post(url, said)["Location"] == reverse("flowsheet", args=["riverside", right.pk])
    chart_of_wrong = client.get(reverse("patient_chart", args=["riverside", wrong.patient_id])).content.decode()
    assert "Written for the wrong patient" in chart_of_wrong
    assert str(right.patient) not in chart_of_wrong
    assert "Entered again from a voided session" in client.get(reverse("patient_chart", args=["riverside", right.patient_id])).content.decode()
    assert "First written for the wrong patient" in client.get(reverse("flowsheet", args=["riverside", right.pk])).content.decode()
    sheet = client.get(reverse("flowsheet", args=["riverside", wrong.pk])).content.decode()
    assert "entered again in the right patient" in sheet
    assert str(right.patient) not in sheet
    record = client.get(reverse("session_record", args=["riverside", wrong.pk])).content.decode()
    assert "175/78" in record
    assert str(right.patient) not in record


def test_an_open_call_for_help_goes_with_its_patient(wrong, right, cast):
    screen = enrol_screen(cast.riverside, name="Bed", kind="patient", chair=wrong.chair, by=cast.admin, now=NOW)[0]
    call = ask_help(screen, client_key=uuid4(), now=NOW)
    again(wrong, right, cast)
    call.refresh_from_db()
    assert (call.session_id, call.answered_at) == (right.pk, None)


def test_who_never_came_has_not_arrived_elsewhere(cast, right):
    again(at_state("booked", cast, chair=cast.chairs[2]), right, cast)
    right.refresh_from_db()
    assert (right.status, right.arrived_at) == ("booked", None)


@pytest.mark.parametrize(("status", "offered"), [("monitoring", True), ("left", False)])
def test_only_what_the_act_takes_is_offered(wrong, cast, sign_in, status, offered):
    target = at_state(status, cast)
    page = sign_in(cast.nurse).get(reverse("session_reenter", args=["riverside", wrong.pk])).content.decode()
    assert (f'name="target" value="{target.pk}"' in page) is offered


def test_a_failed_device_is_told_of_under_the_right_patient(wrong, right, cast):
    """The task goes with its device; of which the maker has heard already is asked no more (DOS-2)."""
    given = replace(FAILED, given_at=NOW - timedelta(minutes=1))
    who = {"by": cast.nurse, "membership": cast.of(cast.nurse), "now": NOW}
    told, waiting = (dosing.record_device(wrong, given=given, client_key=uuid4(), **who) for _ in range(2))
    complaints.report_complaint(wrong, number=told.number, reference="C-1", by=cast.nurse, now=NOW)
    again(wrong, right, cast)
    assert open_complaints(wrong) == set()
    assert open_complaints(right) == {DeviceUse.objects.get(supersedes=waiting).number}
