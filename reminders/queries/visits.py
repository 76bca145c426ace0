"""Visits as messages list them."""

from sessions.models import TreatmentSession
from sessions.states import Status


def booked_of_course(course_pk: int) -> list[TreatmentSession]:
    """The booked visits of a course, the next one first."""
    return list(TreatmentSession.objects.filter(course_id=course_pk, status=Status.BOOKED).order_by("starts_at", "pk"))
