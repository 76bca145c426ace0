"""The courses behind the visits of a range: every day with a spray, before and after it too (DOS-3, DOS-7)."""

from datetime import date

from patients.models import Course
from reports.queries.which import Which
from reports.rules.facts import CourseFact
from sessions.models import TreatmentSession
from sessions.queries.course import sprayed


def courses_of(which: Which) -> dict[int, CourseFact]:
    """By course pk, in two queries."""
    here = TreatmentSession.objects.filter(which.visits).order_by().values("course_id")
    # Without the site PostgreSQL would rather read every device of the network than look the courses up.
    rows = sprayed().filter(site=which.site, session__course_id__in=here).order_by("session__treatment_on", "session__starts_at", "session_id")
    days: dict[int, dict[date, int]] = {}
    for course, day, session in rows.values_list("session__course_id", "session__treatment_on", "session_id"):
        days.setdefault(course, {}).setdefault(day, session)
    courses = Course.objects.filter(pk__in=here).order_by("pk")
    found = courses.values_list("pk", "indication", "prescriber_id", "earlier_sessions", "earlier_first_on", "earlier_last_on")
    return {
        pk: fact(days.get(pk, {}), indication, prescriber, count, first_on, last_on) for pk, indication, prescriber, count, first_on, last_on in found
    }


def fact(days: dict[date, int], indication: str, prescriber: int, sessions: int, first_on: date | None, last_on: date | None) -> CourseFact:
    return CourseFact(
        indication=indication, prescriber=prescriber, dosed_days=tuple(days), first_pk=next(iter(days.values()), None),
        earlier_sessions=sessions, earlier_first_on=first_on, earlier_last_on=last_on,
    )  # fmt: skip
