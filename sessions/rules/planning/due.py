"""When the next visit is due, and how the course has kept to its rhythm so far (DOS-3, DOS-6, DOS-7)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from patients.rules.course import INDUCTION_WEEKS, Phase, course_position
from patients.rules.protocol import REMS_ESKETAMINE, TreatmentProtocol
from sessions.rules.planning.course import INTERVAL, CourseFacts, gap_finding, label_findings, others_and_elsewhere, position_on
from sessions.rules.planning.house import spoken

# Until when a visit still keeps its rhythm, in days after the last one: twice a week 3 and 4 days; weekly a day of grace; then two weeks and a day.
LATEST_AFTER = {Phase.INDUCTION: 4, Phase.WEEKLY: 8, Phase.MAINTENANCE: 15, Phase.BEYOND: 8}
INDUCTION_DAYS = 7 * INDUCTION_WEEKS
INDUCTION_SESSIONS = 2 * INDUCTION_WEEKS
SEARCHED_DAYS = 15


class Due(StrEnum):
    EARLY = "early"
    NOW = "due"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWindow:
    """From when on the label and the site's gap allow the next visit, and until when it keeps the rhythm; no end before the first dose."""

    first_on: date
    last_on: date | None
    phase: Phase
    state: Due

    @property
    def words(self) -> str:
        if self.last_on is None:
            return "First visit: no day is set by the label."
        when = f"Next visit due {spoken(self.first_on)} to {spoken(self.last_on)}"
        return {Due.EARLY: f"{when}.", Due.NOW: f"{when}: now.", Due.LATE: f"Next visit was due by {spoken(self.last_on)}."}[self.state]


def due_window(course: CourseFacts, *, on: date, minimum_gap_days: int, protocol: TreatmentProtocol = REMS_ESKETAMINE) -> DueWindow:
    """The window of the next visit, counted from the last dosed day here or elsewhere; booked visits don't move it."""
    dosed = [day for day in course.dosed_days if day <= on]
    last = position_on(course, dosed, on + timedelta(days=1)).last_on
    if last is None:
        return DueWindow(first_on=on, last_on=None, phase=Phase.INDUCTION, state=Due.NOW)
    days = (last + timedelta(days=offset) for offset in range(1, SEARCHED_DAYS))
    first_on = next(day for day in days if is_far_enough(course, dosed, day, minimum_gap_days, protocol))
    phase = position_on(course, dosed, max(on, first_on)).phase
    last_on = max(first_on, last + timedelta(days=LATEST_AFTER[phase]))
    state = Due.EARLY if on < first_on else Due.NOW if on <= last_on else Due.LATE
    return DueWindow(first_on=first_on, last_on=last_on, phase=phase, state=state)


def is_far_enough(course: CourseFacts, dosed: list[date], day: date, minimum_gap_days: int, protocol: TreatmentProtocol) -> bool:
    if gap_finding(others_and_elsewhere(course, dosed), day, minimum_gap_days) is not None:
        return False
    return not any(finding.code == INTERVAL for finding in label_findings(course, dosed, day, 0, protocol))


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """How the induction was kept: sessions of days 0–27 against those that the label says by then, and the day of the eighth (DOS-7)."""

    done: int
    expected: int
    missed: int
    eighth_on: date | None
    days_to_eighth: int | None

    @property
    def words(self) -> str:
        text = f"{self.done} of {self.expected} visits of the first four weeks so far"
        if self.days_to_eighth is not None:
            text += f", the eighth after {self.days_to_eighth} days"
        return f"{text}; {self.missed} missed." if self.missed else f"{text}."


def adherence(course: CourseFacts, *, on: date, missed: int = 0) -> Adherence:
    """What was kept up to a day. `missed` counts the visits that were missed, held or cancelled. Sessions elsewhere count as of days 0–27."""
    dosed = sorted(day for day in course.dosed_days if day <= on)
    position = course_position(
        course.indication, None, dosed, course.earlier_sessions, course.earlier_first_on, on, earlier_last_on=course.earlier_last_on
    )
    if position.began_on is None:
        return Adherence(done=0, expected=0, missed=missed, eighth_on=None, days_to_eighth=None)
    done = course.earlier_sessions + sum((day - position.began_on).days < INDUCTION_DAYS for day in dosed)
    eighth = INDUCTION_SESSIONS - 1 - course.earlier_sessions
    eighth_on = dosed[eighth] if 0 <= eighth < len(dosed) else None
    return Adherence(
        done=min(done, INDUCTION_SESSIONS), expected=min(INDUCTION_SESSIONS, 2 * position.week), missed=missed,
        eighth_on=eighth_on, days_to_eighth=(eighth_on - position.began_on).days if eighth_on is not None else None,
    )  # fmt: skip
