"""Running an intake: recorded and derived steps, owner, end and reopening; each with its audit entry, refusals write nothing."""

import uuid
from datetime import timedelta

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry
from patients.actions import intake as actions
from patients.models import AntidepressantTrial, Consent, Course, Enrolment, Intake, IntakeFact, Patient
from patients.queries.intake import Line, lines
from patients.rules.intake import Step
from tests.cast import NOW, TODAY, Cast
from tests.factories.intakes import AuthorisationFactory, IntakeFactory, StepFactory
from tests.factories.patients import ConsentFactory, EnrolmentFactory, PatientFactory, ScreeningFactory, TrialFactory, ready_patient


def stands(intake: Intake) -> Line:
    return lines(Intake.objects.filter(pk=intake.pk), intake.site, TODAY)[0]


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def step(cast: Cast, intake: Intake, kind: str, **more: object) -> IntakeFact:
    told = {"done_on": TODAY, "done_by": cast.nurse, "note": "", "client_key": uuid.uuid4(), "by": cast.of(cast.nurse), "now": NOW} | more
    return actions.record_step(intake, step=kind, **told)  # type: ignore[arg-type]


@pytest.fixture
def intake(cast: Cast) -> Intake:
    patient = ready_patient(cast.riverside, cast.prescriber)
    return IntakeFactory(patient=patient, owner=cast.desk)


def begin(cast: Cast, patient: Patient, **more: object) -> Intake:
    fields = {
        "origin": "transfer", "referred_on": TODAY, "referred_by": "", "indication": "trd", "owner": cast.nurse, "note": "",
        "earlier_sessions": 0, "earlier_first_on": None, "earlier_last_on": None, "earlier_last_dose_mg": None,
    }  # fmt: skip
    key = more.pop("client_key", uuid.uuid4())
    return actions.begin_intake(patient, fields=fields | more, client_key=key, by=cast.desk, now=NOW)  # type: ignore[arg-type]


def test_an_intake_is_begun_once(cast: Cast) -> None:
    patient, key = PatientFactory(site=cast.riverside), uuid.uuid4()
    made = begin(cast, patient, client_key=key)
    assert begin(cast, patient, client_key=key) == made
    assert stands(made).step is Step.EVALUATED
    assert acts() == ["intake.begun"]
    for wrong in ({}, {"owner": cast.stranger}, {"referred_on": TODAY + timedelta(days=1)}, {"earlier_sessions": 4}):
        with pytest.raises(Refused):
            begin(cast, patient, **wrong)
    assert Intake.objects.count() == 1


def test_what_the_chart_holds_is_derived_and_the_rest_recorded(cast: Cast, intake: Intake) -> None:
    """A ready chart: the intake waits for nothing that the chart has (PAT-1, PAT-2, PAT-5, DOS-8)."""
    waits = []
    for kind in ("evaluated", "pdmp", "no_authorisation", "device_ordered"):
        waits.append(stands(intake).present.missing)
        step(cast, intake, kind, note="Self-pay")
    assert waits == ["evaluated", "pdmp", "authorisation", "device"]
    assert stands(intake).is_bookable
    assert stands(intake).done == 9


@pytest.mark.parametrize(("model", "missing"), [(AntidepressantTrial, "trials"), (Consent, "consent"), (Enrolment, "enrolment"), (Course, "course")])
def test_what_leaves_the_chart_is_missing_again(cast: Cast, model: type, missing: str) -> None:
    """One truth: a bare chart but for the recorded steps waits for the first thing that it lacks, in order."""
    patient = ready_patient(cast.riverside, cast.prescriber)
    bare = PatientFactory(site=cast.riverside)
    intake = IntakeFactory(patient=bare, owner=cast.desk)
    for kind in ("evaluated", "pdmp", "no_authorisation", "device_ordered"):
        StepFactory(intake=intake, kind=kind)
    for made in (ScreeningFactory, ConsentFactory, EnrolmentFactory):
        made(patient=bare) if made._meta.model is not model else None
    TrialFactory.create_batch(2, patient=bare) if model is not AntidepressantTrial else None
    assert (stands(intake).present.missing, patient.courses.count()) == (missing, 1)


def test_an_authorisation_in_force_is_the_step(cast: Cast, intake: Intake) -> None:
    for kind in ("evaluated", "pdmp"):
        step(cast, intake, kind)
    old = AuthorisationFactory(patient=intake.patient, from_on=TODAY - timedelta(days=90), until_on=TODAY - timedelta(days=1))
    assert stands(intake).present.missing == "authorisation"
    AuthorisationFactory(patient=intake.patient)
    assert (stands(intake).present.missing, old.patient_id) == ("device", intake.patient_id)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("trials", {}),
        ("dropped", {}),
        ("no_authorisation", {}),
        ("pdmp", {"done_on": TODAY + timedelta(days=1)}),
        ("pdmp", {"done_by": "stranger"}),
        ("evaluated", {"by": "desk"}),
    ],
    ids=["read off the chart", "not a step", "no reason", "to come", "another site's", "not a clinician"],
)
def test_a_step_that_cannot_be_recorded(cast: Cast, intake: Intake, kind: str, more: dict[str, object]) -> None:
    if more.get("done_by"):
        more = {"done_by": cast.stranger}
    if more.get("by"):
        more = {"by": cast.of(cast.desk)}
    with pytest.raises(Refused):
        step(cast, intake, kind, **more)
    assert (IntakeFact.objects.count(), acts()) == (0, [])


def test_a_step_once_and_a_mistake_is_taken_back(cast: Cast, intake: Intake) -> None:
    key = uuid.uuid4()
    fact = step(cast, intake, "evaluated", client_key=key)
    assert step(cast, intake, "evaluated", client_key=key) == fact
    back = {"reason": "Another patient", "client_key": uuid.uuid4(), "by": cast.of(cast.nurse), "now": NOW}
    gone = actions.take_step_back(fact, **back)  # type: ignore[arg-type]
    assert actions.take_step_back(fact, **back) == gone  # type: ignore[arg-type]
    assert stands(intake).present.missing == "evaluated"
    assert acts() == ["intake.evaluated", "intake.taken_back"]
    for who, again in ((cast.nurse, fact), (cast.desk, StepFactory(intake=intake))):
        with pytest.raises(Refused):
            actions.take_step_back(again, reason="x", client_key=uuid.uuid4(), by=cast.of(who), now=NOW)
    other = IntakeFactory(patient=PatientFactory(site=cast.riverside), owner=cast.desk)
    with pytest.raises(Refused):
        step(cast, other, "pdmp", client_key=key)


def test_drop_out_and_reopen_keep_the_reason(cast: Cast, intake: Intake) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        actions.drop_intake(intake, drop_reason="cost", note="Copay", client_key=key, by=cast.desk, now=NOW)
    intake.refresh_from_db()
    assert (intake.status, intake.closed_at) == ("dropped", NOW)
    with pytest.raises(Refused):
        step(cast, intake, "pdmp")
    later = NOW + timedelta(days=3)
    for _ in range(2):
        actions.reopen_intake(intake, client_key=uuid.uuid4(), by=cast.desk, now=later)
    line = stands(intake)
    assert (line.intake.status, line.since, [fact.kind for fact in line.facts]) == ("open", TODAY + timedelta(days=3), ["dropped", "reopened"])
    assert acts() == ["intake.dropped", "intake.reopened"]


def test_what_a_drop_out_and_a_reopening_may_not(cast: Cast, intake: Intake) -> None:
    with pytest.raises(Refused):
        actions.drop_intake(intake, drop_reason="other", note="", client_key=uuid.uuid4(), by=cast.desk, now=NOW)
    actions.drop_intake(intake, drop_reason="cost", note="", client_key=uuid.uuid4(), by=cast.desk, now=NOW)
    IntakeFactory(patient=intake.patient, owner=cast.desk)
    with pytest.raises(Refused):
        actions.reopen_intake(intake, client_key=uuid.uuid4(), by=cast.desk, now=NOW)


def test_only_a_bookable_one_is_finished(cast: Cast, intake: Intake) -> None:
    with pytest.raises(Refused, match="Not bookable yet"):
        actions.finish_intake(intake, client_key=uuid.uuid4(), by=cast.desk, now=NOW)
    for kind in ("evaluated", "pdmp", "no_authorisation", "device_ordered"):
        StepFactory(intake=intake, kind=kind)
    for _ in range(2):
        done = actions.finish_intake(intake, client_key=uuid.uuid4(), by=cast.desk, now=NOW)
    assert (done.status, acts()) == ("finished", ["intake.finished"])


def test_an_intake_is_handed_to_a_colleague(cast: Cast, intake: Intake) -> None:
    for owner in (cast.nurse, cast.nurse):
        assert actions.give_intake(intake, owner=owner, by=cast.desk, now=NOW).owner == cast.nurse
    with pytest.raises(Refused):
        actions.give_intake(intake, owner=cast.former, by=cast.desk, now=NOW)
    assert acts() == ["intake.given"]
