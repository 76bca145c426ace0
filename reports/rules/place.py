"""Where a course stood on the day of a visit, as chart and board have it: number, week, phase (DOS-3, DOS-4)."""

from patients.rules.course import CoursePosition
from reports.rules.facts import SessionFacts


def place_of(facts: SessionFacts) -> CoursePosition:
    return facts.place
