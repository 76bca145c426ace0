"""Scores as acts and pages: kept whole or as incomplete, corrected, taken back; a positive suicide item is red until a clinician has acted."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice, SitePolicy
from patients.actions.scores import Answered, answer_risk, record_score, withdraw_score
from patients.models import Assessment, RiskAnswer
from patients.queries.scores import last_suicide_answer, open_risks, scored_within
from patients.scales import scale_of
from sessions.actions.booking import mark_missed
from sessions.queries.safety_calls import last_item_positive
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories import patients as made
from tests.factories.scores import answers, scored
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db
PHQ, MADRS = scale_of("phq-9"), scale_of("madrs")


@pytest.fixture
def patient(cast: Cast):
    return made.ready_patient(cast.riverside, cast.prescriber)


def posted(total: int = 18, suicide: int = 0, scale=PHQ, **more) -> Answered:
    return Answered(**{"scale": scale, "answers": answers(scale, total, suicide), "on": TODAY, **more})


def keep(patient, cast: Cast, answered: Answered | None = None, who: str = "support", **more) -> Assessment:
    return record_score(patient, answered or posted(), by=cast.of(cast.person(who)), now=NOW, **more)


def refused(act) -> list[str]:
    with pytest.raises(Refused) as caught:
        act()
    return [finding.key for finding in caught.value.findings]


def test_a_score_is_kept_once_with_its_total(cast: Cast, patient) -> None:
    answered = posted(18, rated_by=cast.nurse)
    first = keep(patient, cast, answered)
    assert keep(patient, cast, answered) == first
    assert (first.total, first.observed_on, first.observed_at, first.observed_by, first.is_suicide_positive) == (18, TODAY, NOW, cast.nurse, False)
    assert AuditEntry.objects.filter(action="score.recorded").count() == 1
    assert not Notice.objects.exists()


def test_a_missing_item_is_refused_or_kept_without_a_total(cast: Cast, patient) -> None:
    given = answers(PHQ, 10, suicide=1)
    del given["sleep"]
    assert refused(lambda: keep(patient, cast, posted(answers=given))) == ["DOS-3.sleep"]
    assert not Assessment.objects.exists()
    assert not Notice.objects.exists()
    kept = keep(patient, cast, posted(answers=given, is_incomplete=True))
    assert kept.total is None
    assert kept.is_suicide_positive
    assert open_risks(cast.riverside).get() == kept
    assert scored_within([patient.pk], TODAY, TODAY) == set()


def test_a_positive_item_is_red_until_a_clinician_has_acted(cast: Cast, patient) -> None:
    score = keep(patient, cast, posted(12, suicide=1))
    notice = Notice.objects.get(kind="suicide_item")
    assert (notice.target_pk, notice.owner, notice.resolved_at) == (score.pk, cast.prescriber, None)
    assert refused(lambda: answer_risk(score, done=" ", client_key=uuid4(), by=cast.nurse, now=NOW)) == ["PRE-4"]
    key = uuid4()
    for _ in range(2):
        answer_risk(score, done="Seen, plan agreed", client_key=key, by=cast.nurse, now=NOW)
    assert RiskAnswer.objects.count() == 1
    assert not open_risks(cast.riverside).exists()
    notice.refresh_from_db()
    assert notice.resolved_at == NOW
    other = keep(patient, cast)
    assert refused(lambda: answer_risk(other, done="Seen", client_key=uuid4(), by=cast.nurse, now=NOW)) == ["PRE-4.negative"]
    assert refused(lambda: answer_risk(other, done="Seen", client_key=key, by=cast.nurse, now=NOW)) == ["client_key"]


@pytest.mark.parametrize(("answer", "is_positive"), [(2, False), (3, True)])
def test_the_site_says_from_which_answer_the_madrs_item_counts(cast: Cast, patient, answer: int, is_positive: bool) -> None:
    SitePolicy.objects.filter(site=cast.riverside).update(madrs_suicide_from=3)
    assert keep(patient, cast, posted(30, answer, MADRS)).is_suicide_positive is is_positive


def test_only_a_clinician_takes_a_positive_item_back(cast: Cast, patient) -> None:
    old = keep(patient, cast, posted(12, suicide=1))
    lower = posted(11, suicide=0)
    assert refused(lambda: keep(patient, cast, lower, supersedes=old, reason="Mistyped")) == ["PRE-4.clinician"]
    assert refused(lambda: withdraw_score(old, reason="Other patient", client_key=uuid4(), by=cast.of(cast.support), now=NOW)) == ["PRE-4.clinician"]
    assert refused(lambda: keep(patient, cast, lower, "nurse", supersedes=old)) == ["MON-7"]
    assert open_risks(cast.riverside).get() == old
    new = keep(patient, cast, lower, "nurse", supersedes=old, reason="Mistyped")
    assert list(Assessment.objects.standing()) == [new]
    assert new.case == old.case
    assert not open_risks(cast.riverside).exists()
    assert not Notice.objects.filter(resolved_at__isnull=True).exists()
    assert refused(lambda: keep(patient, cast, posted(3), "nurse", supersedes=old, reason="Again")) == ["MON-7.stale"]


@pytest.mark.parametrize(("suicide", "is_open"), [(1, False), (2, True)])
def test_a_correction_is_red_again_only_when_the_item_is_higher(cast: Cast, patient, suicide: int, is_open: bool) -> None:
    old = keep(patient, cast, posted(12, suicide=1))
    answer_risk(old, done="Seen", client_key=uuid4(), by=cast.nurse, now=NOW)
    keep(patient, cast, posted(14, suicide=suicide), supersedes=old, reason="Mistyped")
    assert open_risks(cast.riverside).exists() is is_open
    assert Notice.objects.filter(resolved_at__isnull=True).exists() is is_open


def test_taken_back_it_counts_nowhere(cast: Cast, patient) -> None:
    old = keep(patient, cast, posted(12, suicide=1))
    key = uuid4()
    # The clock was put back meanwhile.
    for _ in range(2):
        withdraw_score(old, reason="Another patient's sheet", client_key=key, by=cast.of(cast.nurse), now=NOW - timedelta(minutes=9))
    assert not Assessment.objects.standing().exists()
    assert Assessment.objects.count() == 2
    assert last_suicide_answer(patient.pk) is None
    assert not open_risks(cast.riverside).exists()


def test_an_earlier_day_is_kept_at_its_noon_and_another_patients_key_writes_nothing(cast: Cast, patient) -> None:
    score = keep(patient, cast, posted(on=TODAY - timedelta(days=3)))
    assert score.observed_at.astimezone(cast.riverside.zone).hour == 12
    assert score.recorded_at == NOW
    other = made.PatientFactory(site=cast.riverside, created_by=cast.desk)
    assert refused(lambda: keep(other, cast, posted(client_key=score.client_key))) == ["client_key"]


def test_it_counts_as_the_last_suicide_item_for_a_safety_call(cast: Cast, patient, chair) -> None:
    scored(patient, suicide=1, on=TODAY - timedelta(days=9), by=cast.nurse)
    assert last_item_positive(patient.pk)
    visit = at_state(Status.BOOKED, cast=cast, patient=patient, chair=chair)
    mark_missed(visit, reason="Did not come", by=cast.desk, now=NOW + timedelta(hours=1))
    assert visit.safety_calls.count() == 1
    scored(patient, "madrs", 20, on=TODAY - timedelta(days=9), by=cast.nurse)
    assert last_item_positive(patient.pk), "of one day, either counts"
    scored(patient, on=TODAY - timedelta(days=1), by=cast.nurse)
    assert not last_item_positive(patient.pk)


def page(name: str, *args: object) -> str:
    return reverse(name, args=["riverside", *args])


def fields(total: int = 18, suicide: int = 0, **more: str) -> dict[str, str]:
    given = {name: str(value) for name, value in answers(PHQ, total, suicide).items()}
    return {**given, "client_key": str(uuid4()), "observed_on": TODAY.isoformat(), **more}


def test_a_score_by_form(cast: Cast, patient, sign_in) -> None:
    client, url = sign_in(cast.support), page("score_new", patient.pk, "phq-9")
    shown = client.get(url).text
    assert "checked" not in shown
    assert "9. Thoughts of death or self-harm" in shown
    response = client.post(url, fields(18, function="2"))
    assert response.status_code == 303
    assert response["Location"].endswith("#response")
    assert Assessment.objects.get().answers["function"] == 2
    assert client.get(page("score_new", patient.pk, "hamd")).status_code == 404


def test_junk_on_the_form(cast: Cast, patient, sign_in) -> None:
    client, url = sign_in(cast.support), page("score_new", patient.pk, "phq-9")
    for change in (
        {"mood": "9"},
        {"mood": "x"},
        {"mood": ""},
        {"observed_on": "2026-06-11"},
        {"observed_on": "junk"},
        {"rated_by": "0"},
        {"client_key": "x"},
    ):
        response = client.post(url, fields() | change)
        assert (response.status_code, bool(response.context["form"].errors)) == (422, True), change
    assert not Assessment.objects.exists()


def test_a_clinician_is_led_to_say_what_was_done(cast: Cast, patient, sign_in) -> None:
    helper, nurse = sign_in(cast.support), sign_in(cast.nurse)
    told = helper.post(page("score_new", patient.pk, "phq-9"), fields(9, suicide=2))
    score = Assessment.objects.get()
    assert told["Location"] == page("patient_chart", patient.pk)
    chart = helper.get(told["Location"]).text
    assert "The suicide item is positive" in chart
    assert page("risk_answer", score.pk) not in chart
    assert helper.get(page("risk_answer", score.pk)).status_code == 403
    assert page("risk_answer", score.pk) in nurse.get(page("board")).text, "loud on every page of a clinician"
    assert page("risk_answer", score.pk) not in sign_in(cast.desk).get(page("board")).text
    assert nurse.post(page("risk_answer", score.pk), {"client_key": str(uuid4()), "done": ""}).status_code == 422
    assert nurse.post(page("risk_answer", score.pk), {"client_key": str(uuid4()), "done": "Seen"}).status_code == 303
    assert "Seen" in nurse.get(page("risk_answer", score.pk)).text
    assert "acted on" in nurse.get(page("patient_chart", patient.pk)).text
    assert "v-call-text" not in nurse.get(page("board")).text
    again = nurse.post(page("score_new", patient.pk, "phq-9"), fields(9, suicide=1))
    assert again["Location"] == page("risk_answer", Assessment.objects.latest("pk").pk)


def test_correct_and_take_back_by_form(cast: Cast, patient, sign_in) -> None:
    score = scored(patient, by=cast.nurse)
    client, url = sign_in(cast.nurse), page("score_correct", score.pk)
    assert "checked" in client.get(url).text
    assert client.post(url, fields(17)).status_code == 422
    assert client.post(url, fields(17, reason="Mistyped")).status_code == 303
    assert client.get(url).status_code == 404
    new = Assessment.objects.standing().get()
    assert new.total == 17
    back = page("score_take_back", new.pk)
    assert client.get(back).status_code == 200
    assert client.post(back, {"client_key": str(uuid4()), "reason": ""}).status_code == 422
    assert client.post(back, {"client_key": str(uuid4()), "reason": "Another patient's"}).status_code == 303
    assert not Assessment.objects.standing().exists()


def test_doors(cast: Cast, patient, sign_in, client) -> None:
    url = page("score_new", patient.pk, "phq-9")
    assert client.post(url, fields()).status_code == 302
    assert sign_in(cast.desk).post(url, fields()).status_code == 403
    there = made.ready_patient(cast.hillcrest, cast.stranger)
    assert sign_in(cast.nurse).post(page("score_new", there.pk, "phq-9"), fields()).status_code == 404
    score = scored(there, suicide=1, by=cast.stranger)
    assert sign_in(cast.nurse).post(page("risk_answer", score.pk), {"client_key": str(uuid4()), "done": "x"}).status_code == 404
    assert Assessment.objects.count() == 1
    assert not RiskAnswer.objects.exists()
