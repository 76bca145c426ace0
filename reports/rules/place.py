"""Where a course stood on the day of a visit, as chart and board have it: number, week, phase (DOS-3, DOS-4)."""

from patients.rules.course import CoursePosition, course_position
from reports.rules.facts import SessionFacts


def place_of(facts: SessionFacts) -> CoursePosition:
    """From the dosed days before the visit, here and elsewhere: `next_number` is the visit's own, were it dosed."""
    course = facts.course
    before = [day for day in course.dosed_days if day < facts.treatment_on]
    return course_position(
        course.indication, None, before, course.earlier_sessions, course.earlier_first_on, facts.treatment_on, earlier_last_on=course.earlier_last_on
    )
