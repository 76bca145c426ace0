"""What a prescriber decides before a visit may stand outside of its course's schedule: asked in one place for every act that books or moves (DOS-3…DOS-5)."""

from collections.abc import Iterator
from datetime import date, datetime

from clinic.findings import Finding, decisions
from patients.models import Course, Patient
from patients.queries import open_course
from sessions.models import Override, TreatmentSession
from sessions.protocol import REMS_ESKETAMINE
from sessions.queries.planning import course_facts, house_of
from sessions.rules.deciding import RHYTHM, still_holds
from sessions.rules.planning import CourseFacts, Decision, course_decisions
from sessions.rules.planning.course import label_findings

# A task: the desk booked it for a prescriber to decide. It is settled by that, by another day, or by what is on the label again.
OFF_SCHEDULE = "off_schedule"
WORDS = "Booked outside of the schedule: a prescriber decides, with a reason, or it is moved."


def against_booking(course: Course, day: date, dose_mg: int, now: datetime) -> list[Decision]:
    """All that the label and the site's gap have against one more visit of the course."""
    facts = course_facts(course, now=now)
    days = list(facts.days)
    return [*rhythm(course, facts, days, day, now), *of_dose(facts, days, day, dose_mg)]


def against_move(session: TreatmentSession, day: date, dose_mg: int, now: datetime) -> list[Decision]:
    """The same for another day or dose of a booked one. A visit beyond four weeks was decided when it was booked (DOS-4)."""
    facts = course_facts(session.course, now=now)
    days = [one for one in facts.days if one != session.treatment_on or one in facts.dosed_days]
    found = list(rhythm(session.course, facts, days, day, now)) if day != session.treatment_on else []
    if dose_mg != session.planned_dose_mg:
        found += [one for one in of_dose(facts, days, day, dose_mg) if one.finding.field == "dose_mg"]
    return found


def against_standing(session: TreatmentSession, now: datetime) -> list[Decision]:
    """What nobody has decided yet of a visit where it stands."""
    facts = course_facts(session.course, now=now)
    days = [one for one in facts.days if one != session.treatment_on]
    found = [
        *rhythm(session.course, facts, days, session.treatment_on, now),
        *of_dose(facts, days, session.treatment_on, session.planned_dose_mg),
    ]
    taken = decided_at_booking(session)
    return [one for one in found if one.finding.key not in taken]


def foreseen(patient: Patient, day: date, dose_mg: int, *, moved: int | None, now: datetime) -> list[Finding]:
    """The same in a form that isn't posted yet; `moved` is the visit that is to be moved."""
    course = open_course(patient)
    if course is None:
        return []
    session = TreatmentSession.objects.select_related("course__site").filter(pk=moved, course=course).first() if moved else None
    against = against_booking(course, day, dose_mg, now) if session is None else against_move(session, day, dose_mg, now)
    return [one.finding for one in against]


def decided_at_booking(session: TreatmentSession) -> set[str]:
    """Keys of what was decided of the visit's present day and dose."""
    rows = Override.objects.filter(session=session)
    return {row.finding for row in rows if still_holds(row.for_day, row.for_dose_mg, session.treatment_on, session.planned_dose_mg)}


def rhythm(course: Course, facts: CourseFacts, days: list[date], day: date, now: datetime) -> Iterator[Decision]:
    """The site's gap and the label's interval; nothing on a day that the patient has already, which can't be booked anyway (DOS-7)."""
    if day not in days:
        yield from course_decisions(facts, days, day, house_of(course.site, day, day, now=now))


def of_dose(facts: CourseFacts, days: list[date], day: date, dose_mg: int) -> list[Decision]:
    found = decisions(label_findings(facts, days, day, dose_mg, REMS_ESKETAMINE))
    return [Decision(day, one) for one in found if one.key not in RHYTHM]
