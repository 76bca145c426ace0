"""Booked or moved by hand outside of the schedule: a prescriber's reason, or a task for one; a reason of another day is asked anew (DOS-5)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice, SitePolicy
from sessions.actions import booking
from sessions.models import Override, TreatmentSession
from sessions.queries.ahead_courses import course_worries
from sessions.queries.off_schedule import OFF_SCHEDULE, decided_at_booking
from sessions.rules.deciding import still_holds
from sessions.states import Status
from tests.cast import NOW, TODAY
from tests.factories.patients import StandingParametersFactory
from tests.factories.sessions import at_state
from tests.sessions.test_before_dose_views import slot
from tests.sessions.test_planning_rules import at
from tests.sessions.test_predose import clear, open_keys, ready
from tests.sessions.test_redraw import JUNE

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(cast) -> TreatmentSession:
    """Monday the 15th; Thursday the 18th and Monday the 22nd are booked too."""
    first = at_state(Status.BOOKED, cast, chair=cast.chairs[0], starts_at=at(JUNE[15]))
    for day in (18, 22):
        at_state(Status.BOOKED, cast, patient=first.patient, chair=cast.chairs[0], starts_at=at(JUNE[day]))
    return first


def wish(cast, patient, day, dose_mg=56, **more):
    return booking.Wish(patient=patient, chair=cast.chairs[1], starts_at=at(JUNE[day]), dose_mg=dose_mg, **more)


def tasks():
    return Notice.objects.filter(kind=OFF_SCHEDULE, resolved_at__isnull=True)


def keys(cast, wished, session=None):
    with pytest.raises(Refused) as caught:
        if session is None:
            booking.book(wished, client_key=uuid4(), by=cast.desk, now=NOW)
        else:
            booking.move_visit(session, wished, by=cast.desk, now=NOW)
    return {finding.key for finding in caught.value.findings}


@pytest.mark.parametrize(
    ("for_day", "for_dose", "holds"), [(None, None, True), (TODAY, 56, True), (TODAY + timedelta(days=1), None, False), (TODAY, 84, False)]
)
def test_a_reason_holds_for_its_day_and_dose(for_day, for_dose, holds) -> None:
    assert still_holds(for_day, for_dose, TODAY, 56) is holds


def test_the_desk_books_a_replacement_for_a_prescriber_to_decide(cast, visit, sign_in) -> None:
    """The day after Thursday, and the third in seven days: said, booked on a second press, decided by a prescriber where it stands."""
    desk, prescriber = sign_in(cast.desk), sign_in(cast.prescriber)
    book = reverse("session_book", args=["riverside"]) + f"?patient={visit.patient_id}"
    post = slot(cast, day="2026-06-19", chair=cast.chairs[1].pk, starts_at="10:00")
    refused = desk.post(book, post)
    page = refused.content.decode()
    assert refused.status_code == 422
    seen = desk.get(reverse("booking_forecast", args=["riverside"]), {"patient": visit.patient_id, **post}).content.decode()
    assert "Outside of the schedule: a prescriber decides" in seen
    for said in ("Only 1 day from the visit on Thursday 18 June", "would come too soon", "Book it all the same"):
        assert page.count(said) == 1, "once is enough"
    assert desk.post(book, {**post, "for_prescriber": "on"}).status_code == 303
    made = TreatmentSession.objects.get(treatment_on=JUNE[19])
    assert (tasks().get().target_pk, Override.objects.exists()) == (made.pk, False)
    move = reverse("session_move", args=["riverside", made.pk])
    assert [(one.kind.code, one.pk) for one in course_worries(cast.riverside, NOW)] == [("off_schedule", made.pk)]
    assert f'href="{move}"' in prescriber.get("/riverside/").content.decode()
    assert "A prescriber opens this page" in desk.get(move).content.decode()
    asked = prescriber.get(move)
    hidden = asked.context["standing"]["hidden"]
    assert "Keep it with this reason" in asked.content.decode()
    assert prescriber.post(move, {**hidden, "reason": "She travels"}).status_code == 303
    made.refresh_from_db()
    assert (made.schedule_version, tasks().exists()) == (1, False)
    assert decided_at_booking(made) == {"DOS-5.gap", "DOS-5.interval"}
    assert Override.objects.filter(session__treatment_on=JUNE[22], finding="DOS-5.interval").exists()
    assert AuditEntry.objects.filter(action="session.decided").count() == 1
    assert prescriber.get(move).context["standing"] is None
    assert prescriber.post(move, {**hidden, "reason": "She travels"}).status_code == 303
    assert AuditEntry.objects.filter(action="session.decided").count() == 1


def test_a_move_asks_anew_and_leaves_the_old_days_reason_behind(cast, visit) -> None:
    last = TreatmentSession.objects.get(treatment_on=JUNE[22])
    assert keys(cast, wish(cast, visit.patient, 19), last) == {"DOS-5.gap", "DOS-5.interval"}
    decided = wish(cast, visit.patient, 19, may_decide=True, reason="She travels")
    booking.move_visit(last, decided, by=cast.prescriber, now=NOW)
    last.refresh_from_db()
    assert decided_at_booking(last) == {"DOS-5.gap", "DOS-5.interval"}
    assert keys(cast, wish(cast, visit.patient, 17), last) >= {"DOS-5.gap"}
    booking.move_visit(last, wish(cast, visit.patient, 17, for_prescriber=True), by=cast.desk, now=NOW)
    last.refresh_from_db()
    assert (last.treatment_on, decided_at_booking(last), tasks().count()) == (JUNE[17], set(), 1)
    booking.move_visit(last, wish(cast, visit.patient, 22), by=cast.desk, now=NOW)
    assert not tasks().exists()


def test_another_hour_of_the_same_day_decides_nothing(cast, visit) -> None:
    """The task stays until a prescriber has said why, or the visit fits again; it is due by the visit's new time."""
    dose = booking.move_visit(visit, wish(cast, visit.patient, 15, dose_mg=28, for_prescriber=True), by=cast.desk, now=NOW)
    assert tasks().get().target_pk == dose.pk
    booking.move_visit(dose, wish(cast, visit.patient, 15), by=cast.desk, now=NOW)
    assert not tasks().exists(), "back on the label: nobody has to decide anything"
    made = booking.book(wish(cast, visit.patient, 19, for_prescriber=True), client_key=uuid4(), by=cast.desk, now=NOW)
    later = replace(wish(cast, visit.patient, 19), starts_at=at(JUNE[19]) + timedelta(hours=1))
    made = booking.move_visit(made, later, by=cast.desk, now=NOW)
    assert (made.starts_at, tasks().get().due_at) == (later.starts_at, later.starts_at)
    made = booking.move_visit(made, replace(later, dose_mg=28, for_prescriber=True), by=cast.desk, now=NOW)
    made = booking.move_visit(made, replace(later, chair=cast.chairs[0]), by=cast.desk, now=NOW)
    assert tasks().get().target_pk == made.pk, "the dose is back, the gap is not decided"
    made = booking.move_visit(made, wish(cast, visit.patient, 19, may_decide=True, reason="She travels"), by=cast.prescriber, now=NOW)
    assert (decided_at_booking(made), tasks().exists()) == ({"DOS-5.gap", "DOS-5.interval"}, False)


def test_a_reason_is_kept_where_an_outgrown_visit_is_lengthened(cast, visit) -> None:
    """PAT-8: the same slot once more makes the visit longer, and decides it too."""
    made = booking.book(wish(cast, visit.patient, 19, for_prescriber=True), client_key=uuid4(), by=cast.desk, now=NOW)
    StandingParametersFactory(patient=visit.patient, minimum_watch_minutes=180)
    longer = booking.move_visit(made, wish(cast, visit.patient, 19, may_decide=True, reason="She travels"), by=cast.prescriber, now=NOW)
    assert longer.ends_at > made.ends_at
    assert (decided_at_booking(longer), tasks().exists()) == ({"DOS-5.gap", "DOS-5.interval"}, False)


def test_a_dose_outside_of_the_label_is_asked_too_and_other_rules_are_not_left_open(cast, visit) -> None:
    assert keys(cast, wish(cast, visit.patient, 11, dose_mg=84)) == {"DOS-3.first_dose"}
    assert keys(cast, wish(cast, visit.patient, 15, dose_mg=28), visit) == {"DOS-5.dose"}
    late = booking.Wish(patient=visit.patient, chair=cast.chairs[1], starts_at=at(JUNE[19]) + timedelta(hours=9), dose_mg=56, for_prescriber=True)
    assert keys(cast, late) == {"DOS-9.late"}


@pytest.mark.usefixtures("prescriber_here")
def test_clearing_asks_what_was_decided_of_another_day(cast) -> None:
    session = ready(cast)
    SitePolicy.objects.filter(site=cast.riverside).update(minimum_gap_days=3)
    at_state(Status.DISCHARGED, cast, patient=session.patient, first_device_at=NOW - timedelta(days=2), treatment_on=TODAY - timedelta(days=2), starts_at=NOW - timedelta(days=2))  # fmt: skip
    about = {
        "site": session.site,
        "session": session,
        "gate": "book",
        "rule": "DOS-5",
        "finding": "DOS-5.gap",
        "text": "Near",
        "reason": "She travels",
    }
    for day, asked in ((TODAY - timedelta(days=1), ["DOS-5.gap"]), (TODAY, [])):
        Override.objects.create(**about, for_day=day, decided_at=NOW, decided_by=cast.prescriber, client_key=uuid4())
        assert open_keys(session, cast) == asked
    assert clear(session, cast).status == Status.CLEARED
