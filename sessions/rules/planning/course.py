"""The course as plain values: its days so far and those planned, what the label says of one more (DOS-3…DOS-7, DOS-5)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from clinic.findings import Finding, Level
from patients.rules.course import CoursePosition, Phase, course_position
from patients.rules.dosing import course_findings, planned_dose
from patients.rules.protocol import TreatmentProtocol
from sessions.rules.planning.house import House, spoken

INTERVAL = "DOS-5.interval"
GAP = "DOS-5.gap"
THIRD = "Third visit within seven days: the induction is twice a week."


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFacts:
    """One patient's course: site-local days dosed here, days of visits still to come, and what was given elsewhere."""

    patient_pk: int
    indication: str
    dosed_days: tuple[date, ...] = ()
    booked_days: tuple[date, ...] = ()
    earlier_sessions: int = 0
    earlier_first_on: date | None = None
    earlier_last_on: date | None = None
    last_dose_mg: int | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """Every day that is dosed or booked, earliest first."""
        return tuple(sorted({*self.dosed_days, *self.booked_days}))


def position_on(course: CourseFacts, days: Iterable[date], on: date) -> CoursePosition:
    """Where the course will stand on a day, if the days before it are kept; `next_number` is that day's own number."""
    before = [day for day in days if day < on]
    return course_position(
        course.indication, None, before, course.earlier_sessions, course.earlier_first_on, on, earlier_last_on=course.earlier_last_on
    )


def label_findings(course: CourseFacts, days: Iterable[date], on: date, dose_mg: int, protocol: TreatmentProtocol) -> list[Finding]:
    """What the label says of a visit on a day, the others being kept (DOS-3…DOS-6); `days` leave this visit out."""
    others = [day for day in days if day != on]
    return course_findings(position=position_on(course, others, on), dose_mg=dose_mg, dosed_days=others, on=on, protocol=protocol)


def dose_on(course: CourseFacts, days: Iterable[date], on: date, wished_mg: int | None, protocol: TreatmentProtocol) -> int:
    """The dose to plan for a day by the rules of its phase (DOS-3, DOS-4)."""
    return planned_dose(position=position_on(course, days, on), wished_mg=wished_mg, last_mg=course.last_dose_mg, protocol=protocol)


def gap_finding(days: Iterable[date], on: date, minimum_days: int) -> Finding | None:
    """The site's minimum between two visits, in days (site's setting; DOS-5)."""
    near = [day for day in days if 0 < abs((day - on).days) < minimum_days]
    if not near:
        return None
    other = min(near, key=lambda day: (abs((day - on).days), day))
    apart = abs((other - on).days)
    word = "1 day" if apart == 1 else f"{apart} days"
    text = f"Only {word} from the visit on {spoken(other)}; this site keeps at least {minimum_days} days between visits."
    return Finding("DOS-5", Level.DECISION, text, code=GAP, field="day")


class Decision(NamedTuple):
    """What a prescriber would decide, and of which day's visit: the new one's, or one after it that would come too soon."""

    day: date
    finding: Finding


def against_course(course: CourseFacts, days: Iterable[date], on: date, house: House) -> str:
    """Why the patient can't be planned on a day: booked or dosed already, too near, too often; empty when they can (DOS-5, DOS-7)."""
    others = sorted(days)
    if on in others:
        return f"The patient already has a visit on {spoken(on)}."
    return next((one.finding.text for one in course_decisions(course, others, on, house)), "")


def course_decisions(course: CourseFacts, days: Iterable[date], on: date, house: House) -> Iterator[Decision]:
    """All that the rhythm has against a visit on a day that has none: the site's gap, the label's interval of it and of those after it (DOS-5)."""
    others = sorted(days)
    gap = gap_finding(others_and_elsewhere(course, others), on, house.terms_on(on).minimum_gap_days)
    if gap is not None:
        yield Decision(on, gap)
    with_it = sorted([*others, on])
    for day in with_it:
        if on <= day <= on + timedelta(days=7) and is_too_soon(course, with_it, day, house):
            text = interval_text(course, with_it, day)
            text = text if day == on else f"With it, the visit on {spoken(day)} would come too soon. {text}"
            yield Decision(day, Finding("DOS-5", Level.DECISION, text, code=INTERVAL, field="day"))


def is_too_soon(course: CourseFacts, days: Iterable[date], on: date, house: House) -> bool:
    return any(finding.code == INTERVAL for finding in label_findings(course, days, on, 0, house.protocol))


def interval_text(course: CourseFacts, days: Iterable[date], on: date) -> str:
    """What the rhythm of a day's phase asks for, of a visit that is only planned (DOS-3)."""
    phase = position_on(course, days, on).phase
    if phase is not Phase.INDUCTION:
        return f"Too soon: {phase.words.lower()} visits are a week apart, give or take a day."
    within = sum(on - timedelta(days=7) < day < on for day in days)
    return THIRD if within > 1 else "On the day after another: twice a week means days apart."


def others_and_elsewhere(course: CourseFacts, days: Iterable[date]) -> list[date]:
    """The days, and the last one elsewhere: a gap counts from that too."""
    return [*days, *([course.earlier_last_on] if course.earlier_last_on is not None else [])]
