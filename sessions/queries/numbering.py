"""Which session of its course a visit is, and in which week and phase: read with the visit, for the board and the flowsheet (DOS-3)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, Min, OuterRef, QuerySet, Subquery, When

from patients.rules.course import CoursePosition, position_from_counts
from sessions.models import TreatmentSession
from sessions.queries.course import sprayed
from sessions.states import CALLED_OFF

DAY = "session__treatment_on"
# Of the course, what its position asks for.
COURSE = ("indication", "earlier_sessions", "earlier_first_on")


def days_before() -> dict[str, Subquery]:
    """For a query of sessions: on how many earlier days the course had a spray here, and on which first."""
    earlier = sprayed().filter(session__course_id=OuterRef("course_id"), session__treatment_on__lt=OuterRef("treatment_on"))
    grouped = earlier.order_by().values("session__course_id")
    return {
        "dosed_before": Subquery(grouped.annotate(days=Count(DAY, distinct=True)).values("days")),
        "dosed_first_on": Subquery(grouped.annotate(first=Min(DAY)).values("first")),
    }


def with_place(rows: QuerySet[Any], *, of: Iterable[str] = ()) -> QuerySet[Any]:
    """`place_of` asks nothing more of these rows; of those in certain states only, where `of` names them."""
    told: dict[str, Any] = dict(days_before())
    if of:
        told = {name: Case(When(status__in=tuple(of), then=read)) for name, read in told.items()}
    return rows.annotate(**told)


def place_of(session: TreatmentSession) -> CoursePosition:
    """Where its course stood before this visit: `next_number` is the visit's own number, were it dosed."""
    course = session.course
    return position_from_counts(
        indication=course.indication, sessions_here=session.dosed_before or 0, first_on=session.dosed_first_on, last_on=None,  # type: ignore[attr-defined]
        today=session.treatment_on, earlier_sessions=course.earlier_sessions, earlier_first_on=course.earlier_first_on,
    )  # fmt: skip


def is_numbered(session: TreatmentSession) -> bool:
    """A visit that was called off has no number of its own."""
    return session.status not in CALLED_OFF
