"""Benefit reviews: which are due, the signed decision, its page, and the response on the chart (DOS-3, DOS-4, PAT-4)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Signature
from clinic.signatures import IdentityProof, is_intact
from sessions.actions.benefit import Judged, review_benefit
from sessions.models import BenefitReview
from sessions.queries.benefit import response_of, reviews_due
from sessions.queries.course import dose_findings
from sessions.response_chart import response_chart
from sessions.rules.benefit import Point, change_of
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories import patients as made
from tests.factories.clinic import PASSWORD
from tests.factories.scores import ALL_NO, reviewed, scored
from tests.factories.sessions import DeviceUseFactory, at_state

pytestmark = pytest.mark.django_db


def treated(cast: Cast, days_ago: int = 30, **fields):
    """A patient whose first dose was so many days ago."""
    patient = made.ready_patient(cast.riverside, cast.prescriber, **fields)
    at_state(Status.DISCHARGED, cast=cast, patient=patient, chair=cast.chairs[0], now=NOW - timedelta(days=days_ago))
    return patient


def judged(**more) -> Judged:
    return Judged(**{"decision": "continue", "why": "Response", "answers": ALL_NO, "client_key": uuid4(), **more})


def review(course, cast: Cast, told: Judged | None = None, who: str = "prescriber", **more) -> BenefitReview:
    person = cast.person(who)
    return review_benefit(course, told or judged(), proof=IdentityProof(person, "password"), by=cast.of(person), now=NOW, **more)


def refused(act) -> list[str]:
    with pytest.raises(Refused) as caught:
        act()
    return [finding.key for finding in caught.value.findings]


def test_reviews_due_of_a_site(cast: Cast, django_assert_num_queries) -> None:
    late, due, soon = treated(cast, 28), treated(cast, 27), treated(cast, 20)
    treated(cast, 40, status="paused", status_reason="Admitted")
    made.ready_patient(cast.riverside, cast.prescriber)
    done = treated(cast, 40)
    reviewed(done.courses.get(), days_ago=13, by=cast.prescriber)
    found = reviews_due(cast.riverside, TODAY)
    assert [(one.patient, one.standing, one.is_first) for one in found] == [(late, "late", True), (due, "due", True)]
    assert "end of week 4" in found[0].words
    assert found[0].is_late
    assert [one.patient for one in reviews_due(cast.riverside, TODAY + timedelta(days=14))] == [late, due, soon]
    again = reviews_due(cast.riverside, TODAY + timedelta(days=72))[-1]
    assert (again.patient, again.is_first) == (done, False)
    with django_assert_num_queries(4):
        reviews_due(cast.riverside, TODAY)


def test_a_decision_is_kept_signed_and_with_its_evidence(cast: Cast) -> None:
    patient = treated(cast)
    course = patient.courses.get()
    base = scored(patient, total=20, on=TODAY - timedelta(days=31), by=cast.nurse)
    latest = scored(patient, total=8, by=cast.nurse)
    told = judged(decision="change", frequency="weekly", dose_mg=84)
    made_one = review(course, cast, told)
    assert review(course, cast, told) == made_one
    assert made_one.evidence == {"phq-9": [base.pk, latest.pk], "madrs": [None, None]}
    assert made_one.reviewed_on == TODAY
    signature = Signature.objects.get(target_kind="benefitreview")
    assert signature.target_pk == made_one.pk
    assert is_intact(signature)
    assert AuditEntry.objects.filter(action="benefit.reviewed").count() == 1
    assert reviews_due(cast.riverside, TODAY) == []


def test_stop_ends_the_course_and_its_orders(cast: Cast) -> None:
    course = treated(cast).courses.get()
    review(course, cast, judged(decision="stop", why="No response"))
    course.refresh_from_db()
    assert course.ended_by == cast.prescriber
    assert not course.orders.filter(cancelled_at__isnull=True).exists()
    assert refused(lambda: review(course, cast)) == ["DOS-3.ended"]


def test_who_and_what_is_refused_writes_nothing(cast: Cast) -> None:
    course = treated(cast).courses.get()
    assert refused(lambda: review(course, cast, who="nurse")) == ["DOS-3.prescriber"]
    assert refused(lambda: review(course, cast, judged(decision="", answers={}))) == [
        "PAT-4.misuse", "PAT-4.bladder", "PAT-4.cognition", "PAT-4.pregnancy", "DOS-3.decision",
    ]  # fmt: skip
    assert not BenefitReview.objects.exists()
    assert not Signature.objects.filter(target_kind="benefitreview").exists()


def test_a_review_is_corrected_once_with_a_reason(cast: Cast) -> None:
    course = treated(cast).courses.get()
    old = reviewed(course, days_ago=2, by=cast.prescriber)
    assert refused(lambda: review(course, cast, supersedes=old)) == ["MON-7.reason"]
    new = review(course, cast, judged(why="Remission", correction="Wrong words"), supersedes=old)
    assert list(BenefitReview.objects.standing()) == [new]
    assert new.reviewed_on == old.reviewed_on
    assert refused(lambda: review(course, cast, judged(correction="Again"), supersedes=old)) == ["MON-7.stale"]
    other = treated(cast).courses.get()
    assert refused(lambda: review(other, cast, judged(client_key=new.client_key))) == ["client_key"]


def test_how_a_course_has_responded(cast: Cast) -> None:
    patient = treated(cast, 30)
    for days, total in ((33, 22), (14, 15), (1, 4)):
        scored(patient, total=total, on=TODAY - timedelta(days=days), by=cast.nurse)
    response = response_of(patient, patient.courses.get(), TODAY)
    phq, madrs = response.changes
    assert (phq.change.fall_percent, phq.change.is_response, phq.change.is_remission) == (81, True, True)
    assert [point.total for point in phq.points] == [22, 15, 4]
    assert madrs.points == ()
    assert response.doses == [(TODAY - timedelta(days=30), 56)]
    DeviceUseFactory(session=patient.treatment_sessions.get(), number=3, sprays=1, observed_at=NOW - timedelta(days=30), recorded_by=cast.nurse)
    assert [mg for _, mg in response_of(patient, patient.courses.get(), TODAY).doses] == [70], "a third device in part"
    assert response_of(patient, None, TODAY).due is None


def page(name: str, pk: int) -> str:
    return reverse(name, args=["riverside", pk])


def fields(**more: str) -> dict[str, str]:
    return {"client_key": str(uuid4()), "decision": "continue", "why": "Response", "password": PASSWORD, **ALL_NO, **more}


def test_the_page(cast: Cast, sign_in) -> None:
    patient = treated(cast)
    scored(patient, total=20, on=TODAY - timedelta(days=31), by=cast.nurse)
    scored(patient, total=9, by=cast.nurse)
    client, url = sign_in(cast.prescriber), page("benefit_review", patient.courses.get().pk)
    chart = client.get(page("patient_chart", patient.pk)).text
    assert "The benefit review is overdue" in chart
    assert url in chart
    assert "fallen by 55 %" in chart
    shown = client.get(url).text
    assert "checked" not in shown
    assert "The scores and doses as a table" in shown
    for change in (
        {"why": ""},
        {"password": "wrong"},
        {"misuse": "perhaps"},
        {"decision": ""},
        {"dose_mg": "28"},
        {"bladder": "yes"},
        {"client_key": "x"},
    ):
        response = client.post(url, fields() | change)
        assert (response.status_code, bool(response.context["form"].errors)) == (422, True), change
    assert not BenefitReview.objects.exists()
    assert client.post(url, fields(decision="change", frequency="weekly")).status_code == 303
    chart = client.get(page("patient_chart", patient.pk)).text
    assert "Change frequency or dose: once a week" in chart
    assert "overdue" not in chart
    again = page("benefit_correct", BenefitReview.objects.get().pk)
    assert "checked" in client.get(again).text
    assert client.post(again, fields(correction="Meant to go on")).status_code == 303
    assert "Meant to go on" in client.get(page("patient_chart", patient.pk)).text


def test_doors(cast: Cast, sign_in, client) -> None:
    course = treated(cast).courses.get()
    url = page("benefit_review", course.pk)
    assert client.post(url, fields()).status_code == 302
    assert sign_in(cast.nurse).post(url, fields()).status_code == 403
    there = made.ready_patient(cast.hillcrest, cast.stranger).courses.get()
    assert sign_in(cast.prescriber).post(page("benefit_review", there.pk), fields()).status_code == 404
    assert not BenefitReview.objects.exists()


def test_a_review_ends_the_reminder_at_the_dose(cast: Cast) -> None:
    patient = treated(cast, 29)
    session = at_state(Status.BOOKED, cast=cast, patient=patient, chair=cast.chairs[0])
    assert "DOS-3.benefit" in [finding.key for finding in dose_findings(session)]
    reviewed(patient.courses.get(), days_ago=1, by=cast.prescriber)
    assert "DOS-3.benefit" not in [finding.key for finding in dose_findings(session)]


def test_the_chart_of_a_long_course_stays_legible() -> None:
    points = [Point(week, TODAY + timedelta(weeks=week), 20 - week // 3) for week in range(40)]
    change = change_of(points, began_on=TODAY, today=TODAY + timedelta(weeks=40), remission_at_most=4)
    chart = response_chart(
        "PHQ-9", points, change, [(TODAY, 56), (TODAY + timedelta(days=3), 84)], highest=27, began_on=TODAY, today=TODAY + timedelta(weeks=40)
    )
    labels = [mark.label for mark in chart.marks if mark.label]
    assert (labels[0], labels[-1], len(labels) < 20) == ("20", "7", True)
    assert [(mark.x, mark.label_x) for mark in (chart.marks[0], chart.marks[-1])] == [("36.0", "48.0"), (chart.marks[-1].x, chart.marks[-1].x)]
    assert [week.label for week in chart.weeks][:3] == ["0", "4", "8"]
    assert [dose.top for dose in chart.doses] == ["151.3", "146.0"]
    assert chart.summary == "PHQ-9: 7 on 10 Mar 2027, 20 on 10 Jun 2026; 40 scores, 2 dosed sessions."
    empty = response_chart("MADRS", [], change_of([], began_on=None, today=TODAY, remission_at_most=10), [], highest=60, began_on=None, today=TODAY)
    assert (empty.line, empty.marks, empty.summary) == ("", (), "MADRS: no score yet.")
