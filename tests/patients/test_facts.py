"""Enrolment, screening, consent, medicines and limits as acts: one effect per key, corrections with a reason, prescribers alone (PAT-1…PAT-8)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import Attachment, AuditEntry
from patients.actions import chart, facts
from patients.models import Consent, Enrolment, Screening, StandingParameters
from patients.queries import chart as read_chart
from patients.queries import (
    current_consent,
    current_enrolment,
    has_proof,
    medicines_on,
    open_course,
    standing_parameters,
    standing_screenings,
    trials_of,
)
from tests.cast import NOW, TODAY, Cast
from tests.factories import patients as made
from tests.patients.pages import ENROLLED, SCREENED

pytestmark = pytest.mark.django_db
YES = {**made.ALL_NO, "avm": "yes"}
PDF = b"%PDF-1.7 a receipt"


@pytest.fixture
def patient(cast: Cast):
    return made.PatientFactory(site=cast.riverside, created_by=cast.desk)


def refused(act, *args, **kwargs) -> list[str]:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return [finding.key for finding in caught.value.findings]


def test_a_repeated_key_has_one_effect(cast: Cast, patient) -> None:
    key = uuid4()
    first = facts.record_screening(patient, answers=made.ALL_NO, note="", client_key=key, by=cast.nurse, now=NOW)
    again = facts.record_screening(patient, answers=YES, note="", client_key=key, by=cast.nurse, now=NOW + timedelta(seconds=9))
    assert first == again
    assert Screening.objects.count() == AuditEntry.objects.filter(action="screening.recorded").count() == 1


def test_another_patients_key_writes_nothing(cast: Cast, patient) -> None:
    key, other = uuid4(), made.PatientFactory(site=cast.riverside, created_by=cast.desk)
    made.ScreeningFactory(patient=other, recorded_by=cast.nurse, client_key=key)
    assert refused(facts.record_screening, patient, answers=made.ALL_NO, note="", client_key=key, by=cast.nurse, now=NOW) == ["client_key"]
    assert not Screening.objects.filter(patient=patient).exists()


def test_a_screening_is_whole(cast: Cast, patient) -> None:
    assert refused(facts.record_screening, patient, answers={"avm": "no"}, note="", client_key=uuid4(), by=cast.nurse, now=NOW)
    assert not Screening.objects.exists()


def test_a_later_no_does_not_lift_a_contraindication(cast: Cast, patient) -> None:
    made.ScreeningFactory(patient=patient, recorded_by=cast.nurse, answers=YES)
    facts.record_screening(patient, answers=made.ALL_NO, note="", client_key=uuid4(), by=cast.nurse, now=NOW)
    assert [finding.key for finding in read_chart(patient, TODAY).screening_findings] == ["PAT-3.avm"]
    assert len(standing_screenings(patient)) == 2


def test_only_a_prescriber_takes_it_back_with_a_reason(cast: Cast, patient) -> None:
    wrong = made.ScreeningFactory(patient=patient, recorded_by=cast.nurse, answers=YES)
    change = {"answers": made.ALL_NO, "note": "", "client_key": uuid4(), "now": NOW}
    assert refused(facts.correct_screening, wrong, **change, reason="Mistyped", by=cast.of(cast.nurse)) == ["PAT-3.prescriber"]
    assert refused(facts.correct_screening, wrong, **change, reason="", by=cast.of(cast.prescriber)) == ["MON-7"]
    facts.correct_screening(wrong, **change, reason="Mistyped", by=cast.of(cast.prescriber))
    assert read_chart(patient, TODAY).screening_findings == []
    assert refused(facts.correct_screening, wrong, **{**change, "client_key": uuid4()}, reason="Again", by=cast.of(cast.prescriber)) == [
        "MON-7.stale"
    ]
    assert Screening.objects.get(pk=wrong.pk).answers == YES


def test_a_repeated_correction_has_one_effect(cast: Cast, patient) -> None:
    wrong = made.ScreeningFactory(patient=patient, recorded_by=cast.nurse)
    change = {"answers": YES, "note": "", "reason": "Asked again", "client_key": uuid4(), "by": cast.of(cast.nurse), "now": NOW}
    assert facts.correct_screening(wrong, **change) == facts.correct_screening(wrong, **change)
    assert refused(facts.correct_screening, wrong, **{**change, "client_key": uuid4(), "answers": {}})


def test_the_enrolments_proof_is_kept_beside_it(cast: Cast, patient, sign_in) -> None:
    upload = SimpleUploadedFile("receipt.pdf", PDF, content_type="application/pdf")
    data = {**ENROLLED, "proof_note": "", "file": upload}
    assert sign_in(cast.desk).post(reverse("enrolment_new", args=["riverside", patient.pk]), data).status_code == 303
    enrolment = current_enrolment(patient)
    assert has_proof(enrolment)
    assert bytes(Attachment.objects.get().content) == PDF
    assert enrolment.observed_at.astimezone(cast.riverside.zone).isoformat() == "2026-06-03T12:00:00-04:00"


def test_a_file_that_is_no_proof_writes_nothing(cast: Cast, patient, sign_in) -> None:
    to = reverse("enrolment_new", args=["riverside", patient.pk])
    response = sign_in(cast.desk).post(to, {**ENROLLED, "file": SimpleUploadedFile("x.pdf", b"MZ\x00 not a pdf")})
    assert response.status_code == 422
    assert "file" in response.context["form"].errors
    assert not Enrolment.objects.exists()
    response = sign_in(cast.desk).post(to, {**ENROLLED, "file": SimpleUploadedFile("x.pdf", b"%PDF-" + b"0" * 5 * 1024 * 1024)})
    assert "file" in response.context["form"].errors


def test_a_proof_may_come_later(cast: Cast, patient, sign_in) -> None:
    enrolment = made.EnrolmentFactory(patient=patient, recorded_by=cast.desk, proof_note="")
    assert not has_proof(enrolment)
    assert not has_proof(None)
    to = reverse("enrolment_proof", args=["riverside", enrolment.pk])
    client = sign_in(cast.desk)
    assert client.get(to).status_code == 200
    assert client.post(to, {}).status_code == 422
    assert client.post(to, {"file": SimpleUploadedFile("r.pdf", PDF)}).status_code == 303
    assert has_proof(enrolment)
    assert read_chart(patient, TODAY).enrolment_findings == []
    assert sign_in(cast.support).post(to, {}).status_code == 403


def test_a_correction_keeps_the_proof_of_what_it_corrects(cast: Cast, patient, sign_in) -> None:
    """The REMS id often comes after the receipt (PAT-1)."""
    to = reverse("enrolment_new", args=["riverside", patient.pk])
    paper = SimpleUploadedFile("r.pdf", PDF)
    sign_in(cast.desk).post(to, {**ENROLLED, "client_key": str(uuid4()), "proof_note": "", "rems_id": "", "file": paper})
    sign_in(cast.desk).post(to, {**ENROLLED, "client_key": str(uuid4()), "proof_note": "", "rems_id": "S-77", "reason": "The id came"})
    assert current_enrolment(patient).rems_id == "S-77"
    assert read_chart(patient, TODAY).enrolment_findings == []


def test_a_correction_of_an_enrolment_supersedes(cast: Cast, patient, sign_in) -> None:
    old = made.EnrolmentFactory(patient=patient, recorded_by=cast.desk)
    to = reverse("enrolment_new", args=["riverside", patient.pk])
    assert sign_in(cast.desk).post(to, {**ENROLLED, "reason": ""}).status_code == 422
    assert sign_in(cast.desk).post(to, ENROLLED).status_code == 303
    assert current_enrolment(patient).supersedes == old


@pytest.mark.parametrize(
    "changes", [{"submitted_on": "2026-06-11"}, {"patient_signed_on": "2026-06-05"}, {"client_key": "nonsense"}, {"method": "pigeon"}]
)
def test_enrolments_that_cannot_be(changes: dict, cast: Cast, patient, sign_in) -> None:
    assert sign_in(cast.desk).post(reverse("enrolment_new", args=["riverside", patient.pk]), {**ENROLLED, **changes}).status_code == 422
    assert not Enrolment.objects.exists()


def test_consent_to_an_unknown_text_or_a_day_to_come(cast: Cast, patient) -> None:
    fields = {"text_version": "2031", "patient_signed_on": TODAY, "clinician_signed_on": TODAY + timedelta(days=1), "medication_guide_given": True}
    assert refused(facts.record_consent, patient, fields=fields, client_key=uuid4(), by=cast.nurse, now=NOW) == [
        "PAT-5.clinician_signed_on",
        "PAT-5.text_version",
    ]
    good = {**fields, "text_version": "2024-12", "clinician_signed_on": TODAY}
    key = uuid4()
    made_row = facts.record_consent(patient, fields=good, client_key=key, by=cast.nurse, now=NOW)
    assert facts.record_consent(patient, fields=good, client_key=key, by=cast.nurse, now=NOW) == made_row == current_consent(patient)
    facts.record_consent(patient, fields=good, supersedes=made_row, reason="Wrong day", client_key=uuid4(), by=cast.nurse, now=NOW)
    assert Consent.objects.standing().count() == 1


def test_medicines_start_and_stop(cast: Cast, patient) -> None:
    fields = {"name": "Zolpidem", "medicine_class": "hypnotic", "dose": "", "started_on": TODAY + timedelta(days=1)}
    assert refused(chart.add_medicine, patient, fields=fields, by=cast.nurse, now=NOW) == ["PAT-6"]
    medicine = chart.add_medicine(patient, fields={**fields, "started_on": TODAY - timedelta(days=3)}, by=cast.nurse, now=NOW)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=4)):
        assert refused(chart.stop_medicine, medicine, stopped_on=day, by=cast.nurse, now=NOW) == ["PAT-6"]
    assert medicine in medicines_on(patient, TODAY)
    chart.stop_medicine(medicine, stopped_on=TODAY, by=cast.nurse, now=NOW)
    assert medicine not in medicines_on(patient, TODAY)
    assert refused(chart.stop_medicine, medicine, stopped_on=TODAY, by=cast.nurse, now=NOW) == ["PAT-6.stopped"]


def test_limits_are_a_prescribers_and_the_newest_counts(cast: Cast, patient) -> None:
    fields = {"predose_systolic": 150, "from_on": TODAY, "until_on": TODAY + timedelta(days=30), "reason": "Treated"}
    assert refused(chart.set_standing_parameters, patient, fields=fields, by=cast.of(cast.nurse), now=NOW) == ["PAT-8.prescriber"]
    assert refused(chart.set_standing_parameters, patient, fields={**fields, "predose_systolic": 9}, by=cast.of(cast.prescriber), now=NOW)
    for value in (150, 160):
        chart.set_standing_parameters(patient, fields={**fields, "predose_systolic": value}, by=cast.of(cast.prescriber), now=NOW)
    newest = standing_parameters(patient, TODAY)
    assert newest.predose_systolic == 160
    chart.end_standing_parameters(newest, by=cast.of(cast.prescriber), now=NOW)
    assert refused(chart.end_standing_parameters, newest, by=cast.of(cast.prescriber), now=NOW) == ["PAT-8.ended"]
    assert standing_parameters(patient, TODAY).predose_systolic == 150
    assert read_chart(patient, TODAY).standing_now.predose_systolic == 150
    assert StandingParameters.objects.count() == 2


def test_what_stands_is_read_for_one_patient(cast: Cast) -> None:
    ready = made.ready_patient(cast.riverside, cast.prescriber)
    assert open_course(ready) == ready.courses.get()
    assert trials_of(ready).count() == 2
    record = read_chart(ready, TODAY)
    assert record.may_be_dosed
    assert record.plan_findings == []
    assert record.age == 42
    assert not read_chart(ready, date(2020, 1, 1)).may_be_dosed
    assert read_chart(ready, TODAY, setting="inpatient").enrolment_findings == []


def test_an_unanswered_question_is_pointed_at(cast: Cast, patient, sign_in) -> None:
    data = {name: value for name, value in SCREENED.items() if name != "avm"}
    response = sign_in(cast.nurse).post(reverse("screening_new", args=["riverside", patient.pk]), data)
    assert response.status_code == 422
    assert response.context["form"].errors == {"avm": ["Answer this question."]}


def test_nothing_is_copied_into_a_new_screening(cast: Cast, patient, sign_in) -> None:
    made.ScreeningFactory(patient=patient, recorded_by=cast.nurse)
    assert b"checked" not in sign_in(cast.nurse).get(reverse("screening_new", args=["riverside", patient.pk])).content
