"""The life of a monitoring form: owed, complete, sent, filed; failed, corrected, void (PMF-1, PMF-4, PMF-5)."""

import uuid
from datetime import date, timedelta

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry, Closure, Notice
from clinic.models.site import Setting
from clinic.signatures import is_intact
from sessions.actions.confirming import amend_form, confirm_form
from sessions.actions.filing import fail_send, prove_send, send_form
from sessions.actions.forms import owe_form, withdraw_form
from sessions.models import DeviceUse, FormSend, MonitoringForm, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.form_facts import facts_of
from sessions.queries.policies import policy_for
from sessions.states import FormStatus, Status
from tests.cast import NOW, TODAY
from tests.factories import forms as made
from tests.factories.patients import MedicineFactory
from tests.factories.sessions import ObservationFactory, at_state

LATER = NOW + timedelta(hours=1)


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-seq").first()


def code_of(refused) -> str:
    return refused.value.findings[0].code


# --- owed ------------------------------------------------------------------------------------------------------------
def test_owed_once_with_the_version_and_deadlines_of_its_day(cast):
    session = at_state(Status.DOSING, cast)
    form = owe_form(session, by=cast.nurse, now=NOW)
    assert (form.status, form.definition_code, form.treatment_on) == (FormStatus.OWED, "PMF-2025-01", TODAY)
    assert (form.due_on, form.staffed_due_on) == (date(2026, 6, 17), date(2026, 6, 17))
    assert (last_entry().action, last_entry().patient_pk) == ("form.owed", session.patient_id)
    assert owe_form(picture_of(session, policy_for(session)), by=cast.nurse, now=LATER) == form
    assert MonitoringForm.objects.count() == 1


def test_the_last_staffed_day_minds_closures(cast):
    Closure.objects.create(site=cast.riverside, closed_on=date(2026, 6, 17), reason="Holiday")
    assert owe_form(at_state(Status.DOSING, cast), by=cast.nurse, now=NOW).staffed_due_on == date(2026, 6, 16)


@pytest.mark.parametrize("setting", [Setting.INPATIENT, Setting.EMERGENCY])
def test_not_owed_outside_of_outpatient_settings(cast, setting):
    assert owe_form(at_state(Status.DOSING, cast, setting=setting), by=cast.nurse, now=NOW) is None
    assert not MonitoringForm.objects.exists()


def test_an_undone_spray_takes_it_back_and_the_next_one_brings_it_again(cast):
    session = at_state(Status.DOSING, cast)
    form = owe_form(session, by=cast.nurse, now=NOW)
    withdraw_form(session, by=cast.nurse, now=NOW)
    form.refresh_from_db()
    assert (form.status, last_entry().action) == (FormStatus.VOID, "form.void")
    assert owe_form(session, by=cast.nurse, now=LATER) == form
    form.refresh_from_db()
    assert form.status == FormStatus.OWED


def test_a_confirmed_form_is_never_withdrawn(cast):
    form = made.confirmed(cast)
    withdraw_form(form.session, by=cast.nurse, now=NOW)
    form.refresh_from_db()
    assert form.status == FormStatus.COMPLETE


# --- confirmed -------------------------------------------------------------------------------------------------------
def confirm(cast, form, *, by=None, key=None, **changes):
    user = by or cast.nurse
    answers = made.good_answers(form) | changes
    return confirm_form(form, answers=answers, proof=made.proof_of(user), membership=cast.of(user), client_key=key or uuid.uuid4(), now=NOW)


def test_confirmed_and_signed(cast):
    form = confirm(cast, made.owed(cast), sedation="no", acceptable_end="no")
    assert (form.status, form.completed_by, form.completed_at) == (FormStatus.COMPLETE, cast.nurse, NOW)
    assert (form.answers["pressure_at_40"], form.answers["monitored_minutes"], form.answers["sedation"]) == ("126/78", "125", "no")
    assert "sedation_onset" not in form.answers
    assert form.proposals["sedation"]["evidence"]
    assert is_intact(form.signature)
    assert last_entry().action == "form.confirmed"
    assert '["acceptable_end", "sedation"]' in last_entry().body


def test_the_signature_breaks_when_an_answer_is_changed(cast):
    form = made.confirmed(cast)
    form.answers |= {"dose": "84"}
    form.save(update_fields=["answers"])
    assert not is_intact(form.signature)


def test_the_same_post_twice_has_one_effect(cast):
    form, key = made.owed(cast), uuid.uuid4()
    confirm(cast, form, key=key)
    assert confirm(cast, form, key=key, sedation="no").answers["sedation"] == "yes"
    with pytest.raises(Refused) as refused:
        confirm(cast, form)
    assert code_of(refused) == "PMF-4.done"


def test_nothing_is_written_while_an_answer_is_missing(cast):
    form = made.owed(cast)
    with pytest.raises(Refused) as refused:
        confirm(cast, form, serious="", pressure_end="soon")
    assert [finding.field for finding in refused.value.findings] == ["pressure_end", "serious"]
    form.refresh_from_db()
    assert (form.status, form.answers) == (FormStatus.OWED, {})


def test_not_while_the_patient_is_here(cast):
    session = at_state(Status.MONITORING, cast)
    with pytest.raises(Refused) as refused:
        confirm(cast, owe_form(session, by=cast.nurse, now=NOW))
    assert code_of(refused) == "PMF-4.open"


@pytest.mark.parametrize("person", ["support", "desk"])
def test_only_a_licensed_person_confirms(cast, person):
    with pytest.raises(Refused) as refused:
        confirm(cast, made.owed(cast), by=cast.person(person))
    assert code_of(refused) == "PMF-4.credential"


def test_a_visit_without_a_spray_is_no_earlier_treatment(cast):
    """Who left before any dose still has the first treatment before them (PMF-3); a medicine is no longer taken from the day it was stopped."""
    form = made.owed(cast)
    patient = form.session.patient
    MedicineFactory(patient=patient, recorded_by=cast.nurse, medicine_class="opioid", stopped_on=TODAY)
    left = at_state(Status.LEFT, cast, patient=patient)
    TreatmentSession.objects.filter(pk=left.pk).update(treatment_on=TODAY - timedelta(days=3))
    assert facts_now(form).earlier_here == 1
    for device in left.device_uses.all():
        withdrawn(device, cast)
    assert facts_now(form).earlier_here == 0
    assert "opioid" not in {medicine.medicine_class for medicine in facts_now(form).medicines}


def facts_now(form):
    return facts_of(picture_of(form.session, policy_for(form.session)), form.site)


def withdrawn(device, cast):
    copied = {"number": device.number, "route": device.route, "sprays": device.sprays, "observed_at": device.observed_at}
    return DeviceUse.objects.create(
        site=device.site,
        session=device.session,
        recorded_at=NOW,
        recorded_by=cast.nurse,
        supersedes=device,
        is_withdrawn=True,
        reason="Never given",
        **copied,
    )


@pytest.mark.parametrize(("status", "how"), [(Status.LEFT, "left"), (Status.TRANSFERRED, "transferred")])
def test_whatever_becomes_of_the_session_it_can_be_confirmed(cast, status, how):
    session = at_state(status, cast)
    ObservationFactory(session=session, observed_at=NOW - timedelta(minutes=20), recorded_by=cast.nurse)
    form = owe_form(session, by=cast.nurse, now=NOW)
    answers = made.good_answers(form)
    assert (answers["monitored_minutes"], answers["provider_name"]) == ("60", "Nora Nurse")
    assert confirm(cast, form, ready_minutes="60", pressure_end="not_obtained", spo2_end="not_obtained").answers["pressure_end"] == "not_obtained"


# --- sent, proven, failed --------------------------------------------------------------------------------------------
def send(cast, form, *, key=None, sent_at=NOW):
    return send_form(form, method="portal", sent_at=sent_at, client_key=key or uuid.uuid4(), by=cast.desk, now=LATER)


def test_sent_is_not_filed(cast):
    form, key = made.confirmed(cast), uuid.uuid4()
    found = send(cast, form, key=key)
    form.refresh_from_db()
    assert (form.status, found.outcome, found.sent_by, form.filed_at) == (FormStatus.SENT, "pending", cast.desk, None)
    assert last_entry().action == "form.sent"
    assert send(cast, form, key=key) == found


@pytest.mark.parametrize("status", [FormStatus.OWED, FormStatus.SENT, FormStatus.FILED])
def test_only_a_complete_form_goes_out(cast, status):
    form = made.at_form_status(status, cast)
    with pytest.raises(Refused):
        send(cast, form)


def test_a_proof_files_it_and_resolves_its_notices(cast):
    found = made.sent(cast)
    Notice.objects.create(
        site=cast.riverside, kind="form_due", rule="PMF-5", target_kind="monitoringform", target_pk=found.form_id, text="Due", raised_at=NOW
    )
    form = prove_send(found, proof=" FAX-1 ", proof_file=None, by=cast.desk, now=LATER)
    found.refresh_from_db()
    assert (form.status, form.filed_at, found.proof, found.outcome_by) == (FormStatus.FILED, LATER, "FAX-1", cast.desk)
    assert not Notice.objects.filter(resolved_at=None).exists()
    assert last_entry().action == "form.filed"
    assert "FAX-1" not in last_entry().body
    assert prove_send(found, proof="FAX-1", proof_file=None, by=cast.desk, now=LATER) == form


def test_no_filing_without_a_proof(cast):
    with pytest.raises(Refused) as refused:
        prove_send(made.sent(cast), proof="  ", proof_file=None, by=cast.desk, now=LATER)
    assert code_of(refused) == "PMF-5.proof"


def test_a_failed_send_returns_it_to_complete(cast):
    found = made.sent(cast)
    form = fail_send(found, failure="Line busy", by=cast.desk, now=LATER)
    assert (form.status, FormSend.objects.get().outcome) == (FormStatus.COMPLETE, "failed")
    assert fail_send(found, failure="Line busy", by=cast.desk, now=LATER) == form
    again = send(cast, form, sent_at=LATER)
    assert prove_send(again, proof="OK-2", proof_file=None, by=cast.desk, now=LATER).status == FormStatus.FILED


def test_a_failure_says_what(cast):
    with pytest.raises(Refused) as refused:
        fail_send(made.sent(cast), failure=" ", by=cast.desk, now=LATER)
    assert code_of(refused) == "PMF-5.failure"


def test_a_send_ends_once(cast):
    found = made.sent(cast)
    prove_send(found, proof="A", proof_file=None, by=cast.desk, now=LATER)
    for act in (
        lambda: prove_send(found, proof="B", proof_file=None, by=cast.desk, now=LATER),
        lambda: fail_send(found, failure="no", by=cast.desk, now=LATER),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert code_of(refused) == "PMF-5.ended"


# --- corrected -------------------------------------------------------------------------------------------------------
def test_a_correction_is_a_new_revision(cast):
    old, key = made.filed(cast), uuid.uuid4()
    new = amend_form(old, reason="Wrong lot", client_key=key, by=cast.nurse, now=LATER)
    old.refresh_from_db()
    assert (new.revision, new.status, new.reason, new.due_on) == (2, FormStatus.OWED, "Wrong lot", date(2026, 6, 17))
    assert (old.status, is_intact(old.signature)) == (FormStatus.FILED, True)
    assert new.answers == old.answers
    assert last_entry().action == "form.amended"
    assert amend_form(old, reason="Wrong lot", client_key=key, by=cast.nurse, now=LATER) == new


def test_what_never_went_out_is_void_once_corrected(cast):
    old = made.confirmed(cast)
    new = amend_form(old, reason="Wrong lot", client_key=uuid.uuid4(), by=cast.nurse, now=NOW + timedelta(days=6))
    old.refresh_from_db()
    assert (old.status, is_intact(old.signature)) == (FormStatus.VOID, True)
    assert (new.due_on, new.staffed_due_on) == (old.due_on, old.staffed_due_on), "the first send stays due by day 7"


def test_a_key_of_another_form_writes_nothing(cast):
    key, other_key = uuid.uuid4(), uuid.uuid4()
    sent, other = made.sent(cast), made.confirmed(cast)
    FormSend.objects.filter(pk=sent.pk).update(client_key=key)
    MonitoringForm.objects.filter(pk=sent.form_id).update(client_key=other_key, confirm_key=key)
    for act in (
        lambda: send_form(other, method="fax", sent_at=NOW, client_key=key, by=cast.desk, now=NOW),
        lambda: amend_form(other, reason="Wrong lot", client_key=other_key, by=cast.nurse, now=NOW),
        lambda: confirm(cast, made.owed(cast), key=key),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert code_of(refused) == "client_key"


def test_what_is_on_its_way_still_wants_its_proof(cast):
    found = made.sent(cast)
    amend_form(found.form, reason="Wrong lot", client_key=uuid.uuid4(), by=cast.nurse, now=LATER)
    assert prove_send(found, proof="P", proof_file=None, by=cast.desk, now=LATER).status == FormStatus.FILED


def test_only_the_newest_revision_is_corrected(cast):
    old = made.filed(cast)
    amend_form(old, reason="Wrong lot", client_key=uuid.uuid4(), by=cast.nurse, now=LATER)
    with pytest.raises(Refused) as refused:
        amend_form(old, reason="Again", client_key=uuid.uuid4(), by=cast.nurse, now=LATER)
    assert code_of(refused) == "PMF-5.amend"


def test_a_correction_goes_the_whole_way(cast):
    new = amend_form(made.filed(cast), reason="Wrong lot", client_key=uuid.uuid4(), by=cast.nurse, now=LATER)
    nurse = {"proof": made.proof_of(cast.nurse), "membership": cast.of(cast.nurse)}
    form = confirm_form(new, answers=new.answers | {"lots": "LOT-9"}, client_key=uuid.uuid4(), now=LATER, **nurse)
    assert prove_send(send(cast, form, sent_at=LATER), proof="P2", proof_file=None, by=cast.desk, now=LATER).status == FormStatus.FILED
