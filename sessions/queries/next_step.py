"""Which missed or held visits wait for a decision, and what was decided (DOS-6)."""

from datetime import date

from django.db.models import QuerySet

from clinic.models import Notice
from patients.models import Course, Patient
from patients.queries.chart import position
from patients.rules.course import CoursePosition
from sessions.models import NextStep, TreatmentSession
from sessions.queries.course import dosed_days
from sessions.states import Status

NEXT_NOTICE = "next_step"
MAY_DECIDE = (Status.MISSED, Status.HELD)


def decided(session: TreatmentSession) -> NextStep | None:
    """The decision that stands."""
    return NextStep.objects.standing().filter(session=session).select_related("recorded_by").order_by("-recorded_at", "-pk").first()


def undecided_of(patient: Patient) -> list[TreatmentSession]:
    """The patient's missed or held visits that wait for a decision, oldest first."""
    open_tasks = Notice.objects.filter(site_id=patient.site_id, kind=NEXT_NOTICE, target_kind="treatmentsession", resolved_at__isnull=True)
    rows = TreatmentSession.objects.filter(patient=patient, status__in=MAY_DECIDE, pk__in=open_tasks.values("target_pk"))
    return list(rows.order_by("starts_at", "pk"))


def coming(course: Course, today: date) -> QuerySet[TreatmentSession]:
    """The booked visits of a course from today on."""
    rows = TreatmentSession.objects.filter(course=course, status=Status.BOOKED, treatment_on__gte=today)
    return rows.select_related("chair", "patient", "course", "site").order_by("starts_at", "pk")


def position_of(course: Course, today: date) -> CoursePosition:
    """Where the course stands today: by the one function that decides it."""
    return position(course, dosed_days(course), today)
