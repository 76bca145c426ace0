"""What the sessions room knows about patients: dosed days, last and next visit; for the list and the chart."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from clinic.prepared import prepared
from patients.models import Course, Patient
from patients.queries import position
from patients.rules.course import CoursePosition, position_from_counts
from sessions.models import TreatmentSession
from sessions.queries.course import sprayed
from sessions.queries.voiding import is_reentered
from sessions.states import DOSED, PRESENT, Status

COURSE_COLUMNS = ("patient_id", "indication", "earlier_sessions", "earlier_first_on", "earlier_last_on")


@dataclass
class Row:
    """One patient of the list."""

    patient: Patient
    url: str
    position: CoursePosition | None
    last_on: date | None
    next_at: datetime | None

    @property
    def born(self) -> str:
        return in_words(self.patient.birth_on)

    @property
    def last(self) -> str:
        return in_words(self.last_on) if self.last_on else ""


@prepared
def open_courses(patient_pks: list[int]) -> QuerySet[Course]:
    return Course.objects.filter(patient_id__in=patient_pks, ended_at__isnull=True).only(*COURSE_COLUMNS).order_by()


def rows_of(patients: Iterable[Patient], *, url: Callable[[int], str], today: date, now: datetime) -> list[Row]:
    """The list's rows in three queries, however many patients and visits; `url` gives a chart's address."""
    listed = list(patients)
    pks = [patient.pk for patient in listed]
    courses = {course.patient_id: course for course in open_courses(pks)}
    dosed = {pk: figures for pk, *figures in dosed_days([course.pk for course in courses.values()])}
    visits = {pk: (last_on, next_at) for pk, last_on, next_at in visit_days(pks, now)}
    rows = []
    for patient in listed:
        course = courses.get(patient.pk)
        position = _position(course, dosed.get(course.pk, (0, None, None)), today) if course is not None else None
        rows.append(Row(patient, url(patient.pk), position, *visits.get(patient.pk, (None, None))))
    return rows


def in_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


@prepared
def dosed_days(course_pks: list[int]) -> QuerySet[Any, tuple[int, int, date, date]]:
    """(course, dosed days, the first, the last)."""
    day = "session__treatment_on"
    counted = sprayed().filter(session__course_id__in=course_pks).order_by().values("session__course_id")
    figures = counted.annotate(days=Count(day, distinct=True), first=Min(day), last=Max(day))
    return figures.values_list("session__course_id", "days", "first", "last")


@prepared
def visit_days(patient_pks: list[int], now: datetime) -> QuerySet[TreatmentSession, tuple[int, date | None, datetime | None]]:
    """(patient, day of the last visit that took place, time of the next)."""
    came = Q(status__in={*DOSED, *PRESENT, Status.HELD})
    to_come = Q(status=Status.BOOKED, ends_at__gte=now)
    grouped = TreatmentSession.objects.filter(patient_id__in=patient_pks).order_by().values("patient_id")
    figures = grouped.annotate(last=Max("treatment_on", filter=came), next=Min("starts_at", filter=to_come))
    return figures.values_list("patient_id", "last", "next")


def _position(course: Course, dosed: Sequence[Any], today: date) -> CoursePosition:
    count, first, last = dosed
    return position_from_counts(
        indication=course.indication, sessions_here=count, first_on=first, last_on=last, today=today,
        earlier_sessions=course.earlier_sessions, earlier_first_on=course.earlier_first_on, earlier_last_on=course.earlier_last_on,
    )  # fmt: skip


@dataclass
class Visit:
    """One line of a chart's history; `number` is the session's own, for those that were dosed."""

    session: TreatmentSession
    number: int | None


def visits_of(patient: Patient) -> QuerySet[TreatmentSession]:
    """A patient's sessions, newest first, for a paginator."""
    return (
        TreatmentSession.objects.filter(patient=patient).annotate(is_reentered=is_reentered()).select_related("chair").order_by("-starts_at", "-pk")
    )


def dosed_by_course(patient: Patient) -> dict[int, list[date]]:
    """The dosed days of each course of a patient, in order: one query."""
    rows = sprayed().filter(session__patient_id=patient.pk).order_by("session__treatment_on")
    days: dict[int, list[date]] = {}
    for course_pk, day in rows.values_list("session__course_id", "session__treatment_on").distinct():
        days.setdefault(course_pk, []).append(day)
    return days


def numbered(sessions: Iterable[TreatmentSession], courses: Iterable[Course], dosed: dict[int, list[date]]) -> list[Visit]:
    """Give each dosed session its number in its course: those elsewhere come first, then the dosed days in order."""
    course_of = {course.pk: course for course in courses}
    return [Visit(row, own_number(row, course_of[row.course_id], dosed.get(row.course_id, []))) for row in sessions]


def own_number(session: TreatmentSession, course: Course, days: Sequence[date]) -> int | None:
    """None of a visit without a spray; the days before it make the number of one with."""
    if session.status not in DOSED or session.treatment_on not in days:
        return None
    return position(course, [day for day in days if day < session.treatment_on], session.treatment_on).next_number


def next_visit(patient: Patient, now: datetime) -> TreatmentSession | None:
    """The next booked visit that isn't over."""
    return TreatmentSession.objects.filter(patient=patient, status=Status.BOOKED, ends_at__gte=now).order_by("starts_at", "pk").first()
