"""The round, a prescriber's decision and clearing, against real rows (PRE-1…PRE-6, PAT-3)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry, DutyPeriod, Notice, User
from sessions.actions import arrival, predose
from sessions.models import IdentityCheck, Override, PreDoseCheck, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.gates import answers_of, gate_facts
from sessions.queries.policies import policy_for
from sessions.rules.gates import clear_findings
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.sessions import ObservationFactory, PreDoseCheckFactory, at_state, good_answers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prescriber_here")]


def ready(cast: Cast, answers: dict[str, object] | None = None, **vitals: object) -> TreatmentSession:
    """Arrived, asked and measured five minutes ago."""
    session = at_state(Status.ARRIVED, cast)
    at = NOW - timedelta(minutes=5)
    PreDoseCheckFactory(session=session, observed_at=at, recorded_by=cast.nurse, answers=good_answers(at) | (answers or {}))
    ObservationFactory(session=session, observed_at=at, recorded_by=cast.nurse, kind="baseline", planned_minute=0, **vitals)
    return session


def ask(session: TreatmentSession, cast: Cast, by: User | None = None, **fields: object) -> PreDoseCheck:
    given = {
        "answers": good_answers(NOW), "asked_identity": False, "said_name": False, "said_birth_date": False, "client_key": uuid4(),
        "by": by or cast.nurse, "now": NOW,
    }  # fmt: skip
    return predose.answer_round(session, **(given | fields))  # type: ignore[arg-type]


def clear(session: TreatmentSession, cast: Cast) -> TreatmentSession:
    return predose.clear_for_dosing(session, by=cast.nurse, membership=cast.of(cast.nurse), now=NOW)


def decide(session: TreatmentSession, cast: Cast, key: str, reason: str = "Weighed", **fields: object) -> Override:
    given = {"client_key": uuid4(), "by": cast.prescriber, "membership": cast.of(cast.prescriber), "now": NOW}
    return predose.decide(session, finding_key=key, reason=reason, **(given | fields))  # type: ignore[arg-type]


def open_keys(session: TreatmentSession, cast: Cast) -> list[str]:
    session = TreatmentSession.objects.select_related("site", "patient", "course", "order").get(pk=session.pk)
    picture = picture_of(session, policy_for(session))
    findings = clear_findings(gate_facts(picture, at=NOW, membership=cast.of(cast.nurse)))
    return [finding.key for finding in predose.open_findings(picture, findings)]


def test_a_round_is_one_fact_of_its_answers(cast: Cast) -> None:
    session, key = at_state(Status.ARRIVED, cast), uuid4()
    assert ask(session, cast, client_key=key) == ask(session, cast, client_key=key)
    assert PreDoseCheck.objects.get(session=session).answers == good_answers(NOW)
    assert AuditEntry.objects.filter(action="predose.answered").count() == 1


def test_identity_is_asked_with_it_after_a_wait(cast: Cast) -> None:
    session = at_state(Status.WAITING, cast)
    with pytest.raises(Refused):
        ask(session, cast, asked_identity=True, said_name=True)
    ask(session, cast, asked_identity=True, said_name=True, said_birth_date=True)
    assert IdentityCheck.objects.filter(session=session, observed_at=NOW).exists()


def test_a_positive_screen_raises_a_notice_and_never_blocks(cast: Cast) -> None:
    """PRE-4: MDSI patients come in crisis."""
    session = ready(cast)
    ask(session, cast, answers=good_answers(NOW) | {"suicide_risk": "positive"})
    assert Notice.objects.get(kind="suicide_screen").target_pk == session.pk
    assert clear(session, cast).status == Status.CLEARED
    assert Notice.objects.get(kind="suicide_screen").resolved_at is None


@pytest.mark.parametrize("way", ["screened again", "cleared by the prescriber"])
def test_the_notice_goes_when_the_act_is_done(cast: Cast, way: str) -> None:
    session = ready(cast)
    ask(session, cast, answers=good_answers(NOW) | {"suicide_risk": "positive"})
    if way == "screened again":
        ask(session, cast)
    else:
        predose.clear_for_dosing(session, by=cast.prescriber, membership=cast.of(cast.prescriber), now=NOW)
    assert Notice.objects.get(kind="suicide_screen").resolved_at == NOW


@pytest.mark.parametrize("status", [Status.BOOKED, Status.HELD, Status.MONITORING])
def test_the_round_belongs_before_the_dose(cast: Cast, status: str) -> None:
    with pytest.raises(Refused):
        ask(at_state(status, cast), cast)


def test_cleared_when_nothing_stands_in_the_way(cast: Cast) -> None:
    session = ready(cast)
    for _ in range(2):
        clear(session, cast)
    session.refresh_from_db()
    assert (session.status, session.cleared_at) == (Status.CLEARED, NOW)
    assert AuditEntry.objects.filter(action="session.cleared").count() == 1


def test_a_page_left_open_clears_nobody_who_is_being_dosed(cast: Cast) -> None:
    """A spray was given meanwhile: back in "cleared" nobody would watch (DOS-2)."""
    session = at_state(Status.DOSING, cast, first_device_at=NOW - timedelta(minutes=1))
    with pytest.raises(Refused):
        clear(session, cast)
    assert TreatmentSession.objects.get(pk=session.pk).status == Status.DOSING


def test_not_cleared_without_a_prescriber(cast: Cast, prescriber_here: DutyPeriod) -> None:
    """SET-2."""
    session = ready(cast)
    prescriber_here.left_at = NOW - timedelta(minutes=1)
    prescriber_here.save(update_fields=["left_at"])
    with pytest.raises(Refused) as caught:
        clear(session, cast)
    assert [finding.key for finding in caught.value.findings] == ["SET-2.prescriber", "SET-3.monitor"]


def test_a_decision_passes_this_reading_alone(cast: Cast) -> None:
    """PRE-2: a higher reading afterwards is decided anew."""
    session = ready(cast, systolic=152, diastolic=94)
    (key,) = open_keys(session, cast)
    with pytest.raises(Refused):
        clear(session, cast)
    once = uuid4()
    for _ in range(2):
        override = decide(session, cast, key, client_key=once)
    assert (override.rule, override.gate, Override.objects.count()) == ("PRE-2", "clear", 1)
    assert AuditEntry.objects.filter(action="session.decided").count() == 1
    assert open_keys(session, cast) == []
    ObservationFactory(session=session, observed_at=NOW, recorded_by=cast.nurse, kind="baseline", planned_minute=0, systolic=178, diastolic=104)
    (again,) = open_keys(session, cast)
    assert again != key


@pytest.mark.parametrize(("key", "reason"), [("PRE-2.missing", "Weighed"), ("gone", "Weighed"), ("PRE-3.way_home", "  ")])
def test_no_decision_on_a_block_on_nothing_or_without_a_reason(cast: Cast, key: str, reason: str) -> None:
    session = at_state(Status.ARRIVED, cast)
    TreatmentSession.objects.filter(pk=session.pk).update(way_home="")
    with pytest.raises(Refused):
        decide(session, cast, key, reason)
    assert not Override.objects.exists()


def test_nothing_is_decided_once_the_dose_has_begun(cast: Cast) -> None:
    with pytest.raises(Refused):
        decide(at_state(Status.MONITORING, cast), cast, "PRE-3.way_home")


def test_a_wait_asks_food_identity_and_vitals_again(cast: Cast) -> None:
    """PRE-6."""
    session = ready(cast)
    arrival.wait(session, reason="Pressure", by=cast.nurse, now=NOW - timedelta(minutes=2))
    arrival.resume(session, by=cast.nurse, now=NOW)
    assert set(open_keys(session, cast)) == {"PRE-5.identity", "PRE-4.unasked", "PRE-2.missing"}


def test_a_contraindication_is_taken_back_by_a_prescriber_alone(cast: Cast) -> None:
    """PAT-3."""
    session = ready(cast, {"contraindications": ["vascular"]})
    ask(session, cast, now=NOW - timedelta(minutes=1))
    assert open_keys(session, cast) == ["PAT-3.today.vascular"]
    ask(session, cast, by=cast.prescriber)
    assert open_keys(session, cast) == []


def test_answers_of_a_later_moment_do_not_count(cast: Cast) -> None:
    session = ready(cast)
    picture = picture_of(session, policy_for(session))
    assert answers_of(picture, NOW - timedelta(minutes=6)) == {}


def test_untrained_staff_is_a_decision(cast: Cast) -> None:
    """SET-3."""
    session = ready(cast)
    cast.of(cast.nurse).trainings.all().delete()
    assert open_keys(session, cast) == ["SET-3.training.Nora Nurse"]


def test_a_name_alike_is_flagged(cast: Cast) -> None:
    """PRE-5."""
    session = ready(cast)
    other = at_state(Status.BOOKED, cast)
    at_state(Status.CANCELLED, cast, patient=other.patient, starts_at=NOW - timedelta(days=7))
    change(type(other.patient).objects.filter(pk=other.patient_id), name_folded=session.patient.name_folded)
    picture = picture_of(session, policy_for(session))
    found = clear_findings(gate_facts(picture, at=NOW, membership=None))
    assert "PRE-5.alike" in [finding.key for finding in found]
