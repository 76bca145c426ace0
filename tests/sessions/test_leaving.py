"""Readiness, the signed discharge and addenda: the gate asked in the act, the signature verified afterwards (OUT-1, OUT-2)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice, Signature
from clinic.signatures import IdentityProof, is_intact
from patients.models import Contact
from sessions.actions import dosing, leaving, watch
from sessions.models import Addendum, Discharge, Observation, ReadinessCheck, TreatmentSession
from sessions.rules.readiness import ITEMS
from sessions.signed_content import render_discharge
from tests.cast import NOW
from tests.factories import forms
from tests.factories.patients import PatientFactory
from tests.factories.sessions import GOOD_VITALS, ObservationFactory, at_state

READY = {item.id: item.good[0] for item in ITEMS}


def minutes(count):
    return timedelta(minutes=count)


def signatures():
    """Those of leaving; the order's own stands beside."""
    return Signature.objects.filter(meaning__in=["discharge", "addendum"])


@pytest.fixture
def session(cast):
    """Two hours are over, and nothing else is done."""
    return at_state("monitoring", cast, first_device_at=NOW - minutes(130))


def take_check(session, cast, at=NOW, **values):
    return watch.record_observation(
        session, check=watch.Check(values=GOOD_VITALS | values, observed_at=at, client_key=uuid4()), by=cast.nurse, now=at
    )


def answer(session, cast, at=NOW, **changed):
    return leaving.record_readiness(session, answers=READY | changed, observed_at=at, client_key=uuid4(), by=cast.nurse, now=at)


def sign_out(session, cast, *, by=None, at=NOW, key=None):
    user = by or cast.nurse
    return leaving.discharge(session, proof=IdentityProof(user, "password"), membership=cast.of(user), client_key=key or uuid4(), now=at)


def refused_codes(act):
    with pytest.raises(Refused) as refused:
        act()
    return [finding.code for finding in refused.value.findings]


@pytest.fixture
def ready(session, cast):
    take_check(session, cast)
    answer(session, cast)
    return session


def test_a_discharge_is_signed_audited_and_intact(ready, cast):
    Notice.objects.create(
        site=ready.site, kind="check_overdue", rule="MON-3", target_kind="treatmentsession", target_pk=ready.pk, text="Late", raised_at=NOW
    )
    row = sign_out(ready, cast)
    ready.refresh_from_db()
    signature = signatures().get()
    assert (ready.status, ready.discharged_at) == ("discharged", NOW)
    assert (row.discharged_by, row.readiness, row.is_early) == (cast.nurse, ReadinessCheck.objects.get(), False)
    assert (signature.printed_name, signature.credential, signature.meaning, signature.target_pk) == ("Nora Nurse", "rn", "discharge", row.pk)
    assert is_intact(signature)
    assert AuditEntry.objects.filter(action="session.discharged").count() == 1
    assert Notice.objects.get().resolved_at == NOW


def test_signing_twice_has_one_effect(ready, cast):
    key = uuid4()
    assert sign_out(ready, cast, key=key) == sign_out(ready, cast, key=key)
    assert refused_codes(lambda: sign_out(ready, cast)) == ["session.not_monitoring"]
    assert signatures().count() == Discharge.objects.count() == 1


def nothing_happened(session):
    session.refresh_from_db()
    assert session.status == "monitoring"
    assert not Discharge.objects.exists()
    assert not signatures().exists()
    assert not AuditEntry.objects.filter(action="session.discharged").exists()


def test_before_the_two_hours_nobody_signs_however_ready(cast):
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(124))  # the last device was 119 minutes ago
    take_check(session, cast)
    answer(session, cast)
    assert refused_codes(lambda: sign_out(session, cast)) == ["MON-1.time"]
    nothing_happened(session)
    sign_out(session, cast, at=NOW + minutes(1))


def test_without_check_and_readiness_every_reason_is_named(session, cast):
    assert refused_codes(lambda: sign_out(session, cast)) == ["MON-3.final", "OUT-1.none"]
    nothing_happened(session)


def test_what_the_last_check_says_counts_more_than_the_answers(session, cast):
    take_check(session, cast, sedation=4, dissociation="mild")
    answer(session, cast)
    assert refused_codes(lambda: sign_out(session, cast)) == ["MON-1.sedation", "MON-1.dissociation"]


def test_an_open_alert_keeps_the_patient(session, cast):
    take_check(session, cast, systolic=172)
    answer(session, cast)
    assert refused_codes(lambda: sign_out(session, cast)) == ["MON-6.open"]


def test_an_unmet_item_keeps_the_patient_until_it_is_met(session, cast):
    take_check(session, cast)
    answer(session, cast, way_home="no")
    assert refused_codes(lambda: sign_out(session, cast)) == ["OUT-1.way_home"]
    answer(session, cast, at=NOW + minutes(3))
    sign_out(session, cast, at=NOW + minutes(3))


def test_support_staff_may_not_sign(ready, cast):
    assert refused_codes(lambda: sign_out(ready, cast, by=cast.support)) == ["OUT-2.credential"]
    nothing_happened(ready)


def test_the_proof_of_another_person_signs_nothing(ready, cast):
    def act():
        leaving.discharge(ready, proof=IdentityProof(cast.prescriber, "password"), membership=cast.of(cast.nurse), client_key=uuid4(), now=NOW)

    assert refused_codes(act) == ["OUT-2.member"]
    nothing_happened(ready)


def test_what_is_written_later_breaks_no_signature(ready, cast):
    sign_out(ready, cast)
    row = Observation.objects.get(planned_minute=120)
    # A correction a minute later, as a row: the signature is about what stood when it was made.
    ObservationFactory(
        session=ready,
        observed_at=row.observed_at,
        recorded_at=NOW + minutes(1),
        recorded_by=cast.nurse,
        systolic=190,
        supersedes=row,
        reason="Typed wrong",
    )
    ObservationFactory(session=ready, observed_at=NOW - minutes(60), recorded_at=NOW + minutes(2), recorded_by=cast.nurse)
    assert is_intact(signatures().get())


def test_what_was_signed_cannot_be_changed_unseen(ready, cast):
    sign_out(ready, cast)
    signature = signatures().get()
    # An entry that claims to have stood at the signing makes another text.
    ObservationFactory(session=ready, observed_at=NOW - minutes(60), recorded_at=NOW - minutes(60), recorded_by=cast.nurse)
    assert not is_intact(signature)


def test_a_corrected_name_breaks_no_signature(ready, cast):
    sign_out(ready, cast)
    patient = TreatmentSession.objects.get(pk=ready.pk).patient
    patient.last_name = "Renamed"
    patient.save(update_fields=["last_name"])
    assert is_intact(signatures().get())


def test_readiness_is_one_fact_with_one_effect(session, cast):
    key = uuid4()
    rows = [
        leaving.record_readiness(session, answers={"alert": "no", "nonsense": "x"}, observed_at=NOW, client_key=key, by=cast.nurse, now=NOW)
        for _ in range(2)
    ]
    assert rows[0] == rows[1]
    assert rows[0].answers == {"alert": "no"}
    assert AuditEntry.objects.filter(action="readiness.recorded").count() == 1
    empty = lambda: leaving.record_readiness(session, answers={}, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)  # noqa: E731
    assert refused_codes(empty) == ["OUT-1.empty"]


def add(session, cast, *, at=NOW, seen=NOW, text="Called at 15:00: well.", reason="Came by phone", key=None):
    proof = IdentityProof(cast.nurse, "password")
    return leaving.add_addendum(
        session, text=text, reason=reason, observed_at=seen, proof=proof, membership=cast.of(cast.nurse), client_key=key or uuid4(), now=at
    )


def test_an_addendum_is_signed_on_its_own(ready, cast):
    sign_out(ready, cast)
    key = uuid4()
    row = add(ready, cast, at=NOW + timedelta(days=2), key=key)
    assert add(ready, cast, at=NOW + timedelta(days=2), key=key) == row == Addendum.objects.get()
    assert [is_intact(signature) for signature in signatures()] == [True, True]
    assert AuditEntry.objects.filter(action="addendum.added").count() == 1


@pytest.mark.parametrize(
    ("fields", "code"), [({"text": " "}, "OUT-2.text"), ({"reason": ""}, "OUT-2.text"), ({"seen": NOW + minutes(1)}, "MON-7.future")]
)
def test_an_addendum_says_what_and_why(ready, cast, fields, code):
    sign_out(ready, cast)
    assert refused_codes(lambda: add(ready, cast, **fields)) == [code]
    assert not Addendum.objects.exists()


def test_an_open_record_needs_no_addendum(session, cast):
    assert refused_codes(lambda: add(session, cast)) == ["OUT-2.open"]


@pytest.mark.parametrize("began", [NOW, NOW - minutes(1)])
def test_a_post_that_waited_for_the_signature_counts_as_written_after_it(ready, cast, began):
    """Its request began before the discharge was signed, and got the session's lock after it."""
    sign_out(ready, cast)
    given = dosing.Given(kit=dosing.Kit(route="bulk", lot="L", expires_on=None), sprays=2, given_at=began, observed_by=None)
    late = dosing.record_device(ready, given=given, client_key=uuid4(), by=cast.nurse, membership=cast.of(cast.nurse), now=began)
    assert late.recorded_at > Discharge.objects.get().recorded_at
    assert is_intact(signatures().get())


def test_who_took_the_patient_is_signed_with_the_readiness(session, cast, client, still_clock):
    driver = Contact.objects.create(site=session.site, patient=session.patient, kind="escort", name="Ana Ruiz")
    stranger = Contact.objects.create(site=session.site, patient=PatientFactory(site=session.site), kind="escort", name="Bo")
    take_check(session, cast)
    with pytest.raises(Refused):
        answer(session, cast, way_home="handed", taken_by=str(stranger.pk))
    client.force_login(cast.nurse)
    assert "Ana Ruiz" in client.get(f"/riverside/sessions/{session.pk}/?step=leave").content.decode()
    typed = READY | {"way_home": "handed", "taken_by": str(driver.pk), "taken_seen": "known", "client_key": str(uuid4())}
    assert client.post(f"/riverside/sessions/{session.pk}/readiness/", typed).status_code == 303
    made = sign_out(session, cast)
    assert '"taken_seen": "known"' in render_discharge(made.pk)
    assert "Taken home by Ana Ruiz, seen, known to us." in client.get(f"/riverside/sessions/{session.pk}/?step=leave").content.decode()


def test_a_discharge_without_its_signature_says_so_on_the_page_and_on_paper(cast, client):
    client.force_login(cast.auditor)
    session = forms.sent(cast).form.session
    assert Discharge.objects.filter(session=session).exists()
    assert not signatures().exists()
    for name, query in (("flowsheet", "?step=leave"), ("session_record", "")):
        page = client.get(reverse(name, args=["riverside", session.pk]) + query).content.decode()
        assert "signature of this discharge is missing" in page
