"""Chart, list, board, flowsheet, plan, benefit, form and reports say the same number, week and phase of drawn courses (DOS-3, DOS-4, PMF-3)."""

import random
from datetime import date, timedelta

import pytest

from desk.queries import visits
from desk.queries.board import floor_of
from patients.models import Course
from patients.queries import position
from patients.rules.course import CoursePosition
from reports.cells import OF_VISITS, visit_rows
from reports.queries.visits import facts_of
from reports.rules.place import place_of
from sessions.models import TreatmentSession
from sessions.queries.benefit import response_of
from sessions.queries.course import dosed_days, sessions_dosed_before, sessions_elsewhere
from sessions.queries.next_step import position_of
from sessions.queries.planning import course_facts
from sessions.rules.planning.course import position_on
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.patients import ready_patient
from tests.factories.sessions import DeviceUseFactory, at_state

PAST = (Status.DISCHARGED, Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED, Status.VOIDED, Status.MISSED, Status.HELD)
# Where the edges of the phases lie: days of a course, from 0.
AGES = (0, 1, 6, 7, 27, 28, 55, 56, 90)


def drawn(cast: Cast, dice: random.Random, age: int) -> tuple[Course, list[date]]:
    """A course whose first dosed day was so long ago, here or elsewhere; with visits that don't count, and one of today. Its days that count."""
    course = ready_patient(cast.riverside, cast.prescriber).courses.get()
    course.indication = dice.choice(("trd", "mdsi"))
    first = TODAY - timedelta(days=age)
    if age and dice.random() < 0.5:
        course.earlier_first_on, course.earlier_last_on = first, first + timedelta(days=dice.randrange(age))
        course.earlier_sessions, course.earlier_last_dose_mg = 1 + dice.randrange(6), 84
    course.save()
    since = course.earlier_last_on or first
    offsets = dice.sample(range(1, max(2, (TODAY - since).days)), k=min(4, max(0, (TODAY - since).days - 1)))
    days = [] if course.earlier_sessions or not age else [first]
    for day in days:
        past_visit(cast, course, day, Status.DISCHARGED)
    for day in (since + timedelta(days=offset) for offset in offsets):
        state = dice.choice(PAST)
        past_visit(cast, course, day, state)
        days += [day] if state in (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED) else []
    at_state(Status.MONITORING, cast, patient=course.patient, course=course, first_device_at=NOW - timedelta(minutes=50))
    return course, sorted(days)


def past_visit(cast: Cast, course: Course, day: date, state: Status) -> None:
    then = NOW - (TODAY - day)
    reason = {"discharged_at": then} if state == Status.DISCHARGED else {}
    session = at_state(state, cast, patient=course.patient, course=course, now=then, chair=cast.chairs[0], **reason)
    if state == Status.VOIDED:
        DeviceUseFactory(session=session, observed_at=then, recorded_by=cast.nurse, sprays=2)


def expected(course: Course, days: list[date], on: date) -> tuple[int, int, str]:
    """Number, week and phase of a visit of that day, by hand."""
    before = [day for day in days if day < on]
    began = min([*before, *([course.earlier_first_on] if course.earlier_first_on else [])], default=on)
    age = (on - began).days
    later = "beyond" if course.indication == "mdsi" else "weekly" if age < 56 else "maintenance"
    return course.earlier_sessions + len(before) + 1, age // 7 + 1, "induction" if age < 28 else later


def seen(where: CoursePosition | None) -> tuple[int, int, str]:
    assert where is not None
    return where.next_number, where.week, str(where.phase)


def test_a_visit_to_come_has_no_number_before_its_day(cast: Cast, sign_in) -> None:
    """What lies between may be missed."""
    session = at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(days=3))
    page = sign_in(cast.nurse).get(f"/riverside/sessions/{session.pk}/").content.decode()
    assert ("56 mg planned" in page, "planned · session" in page) == (True, False)


@pytest.mark.parametrize("seed", range(3))
def test_every_page_and_report_counts_alike(cast: Cast, sign_in, seed: int) -> None:
    dice = random.Random(seed)
    courses = [drawn(cast, dice, age) for age in AGES[seed::3]]
    cards = {card["patient"]: str(card["about"]) for card in floor_of(cast.riverside, NOW).cards if card["patient"]}
    reported = facts_of(cast.riverside, TODAY - timedelta(days=120), TODAY)
    told = {row[0]: dict(zip(OF_VISITS, row, strict=True)) for row in visit_rows(cast.riverside, reported)}
    listed = {row.patient.pk: row.position for row in visits.rows_of([one.patient for one, _ in courses], url=str, today=TODAY, now=NOW)}
    for course, days in courses:
        patient = course.patient
        mine = TreatmentSession.objects.get(patient=patient, treatment_on=TODAY)
        number, week, phase = expected(course, days, TODAY)
        words = position(course, days, TODAY).phase.words
        said = f" mg given · session {number}, week {week}, {words.lower()}"
        assert cards[patient.short_name].endswith(said)
        assert said in sign_in(cast.nurse).get(f"/riverside/sessions/{mine.pk}/").content.decode()
        assert (sessions_dosed_before(mine) + sessions_elsewhere(mine) == 0) == (number == 1)
        after = (number + 1, week, phase)
        facts = course_facts(course, now=NOW)
        for where in (
            listed[patient.pk],
            position_of(course, TODAY),
            response_of(patient, course, TODAY).position,
            position(course, dosed_days(course), TODAY),
        ):
            assert seen(where) == after
        assert seen(position_on(facts, facts.days, TODAY + timedelta(days=1)))[0] == number + 1
        for one in visits.numbered(visits.visits_of(patient), [course], visits.dosed_by_course(patient)):
            own, row = expected(course, days, one.session.treatment_on), told[one.session.pk]
            in_report = next(place_of(found) for found in reported if found.pk == one.session.pk)
            assert (own, row["week"], row["phase"]) == (seen(in_report), own[1], in_report.phase.words)
            assert (
                one.number
                == row["number"]
                == (own[0] if one.session.treatment_on in (*days, TODAY) and one.session.status != Status.VOIDED else None)
            )
