"""Whether a dose on a day fits the label: dose by phase, interval, never twice a day (DOS-3…DOS-7)."""

from collections.abc import Iterable
from datetime import date, timedelta

from clinic.findings import Finding, Level
from patients.rules.course import MDSI, CoursePosition, Phase
from patients.rules.protocol import TreatmentProtocol

# What "weekly" still means when a visit moves by a day, and when a gap is worth a word; practice, no label says so.
LEAST_WEEKLY_GAP = 6
LONG_GAP = {Phase.INDUCTION: 7, Phase.WEEKLY: 14, Phase.MAINTENANCE: 21, Phase.BEYOND: 21}
BENEFIT_AFTER_DAYS = 28


def course_findings(*, position: CoursePosition, dose_mg: int, dosed_days: Iterable[date], on: date, protocol: TreatmentProtocol) -> list[Finding]:
    """What the label says of `dose_mg` on the site-local day `on` (DOS-3…DOS-7).

    `dosed_days` and `position` leave out the session that is asked about; `position` is of the day `on`.
    """
    days = sorted(day for day in dosed_days if day <= on)
    return [*_same_day(days, on), *_dose(position, dose_mg, protocol), *_phase(position, on), *_interval(position, days, on), *_gap(position)]


def planned_dose(*, position: CoursePosition, wished_mg: int | None, last_mg: int | None, protocol: TreatmentProtocol) -> int:
    """The dose in mg to plan for the session that `position` stands before (DOS-3, DOS-4).

    The first of an indication is the label's; later ones are what is wished, else as the last one was, else as the first.
    """
    first = protocol.first_dose(position.indication)
    if position.sessions_done == 0:
        return first
    return wished_mg or last_mg or first


def _same_day(days: list[date], on: date) -> list[Finding]:
    if on not in days:
        return []
    return [Finding("DOS-7", Level.BLOCK, "Already dosed today. Never two dosed sessions on one day.", code="DOS-7.same_day")]


def _dose(position: CoursePosition, dose_mg: int, protocol: TreatmentProtocol) -> list[Finding]:
    rule = "DOS-4" if position.indication == MDSI else "DOS-3"
    if dose_mg not in protocol.doses_mg:
        usual = " or ".join(str(dose) for dose in protocol.doses_mg)
        return [Finding("DOS-5", Level.DECISION, f"{dose_mg} mg is not a usual dose ({usual} mg).", code="DOS-5.dose", field="dose_mg")]
    first = protocol.first_dose(position.indication)
    if position.sessions_done == 0 and dose_mg != first:
        return [
            Finding(
                rule,
                Level.DECISION,
                f"The first session of this indication is {first} mg, not {dose_mg} mg.",
                code=f"{rule}.first_dose",
                field="dose_mg",
            )
        ]
    return []


def _phase(position: CoursePosition, on: date) -> list[Finding]:
    if not position.has_begun:
        return []
    found = []
    if position.phase is Phase.BEYOND:
        found.append(
            Finding("DOS-4", Level.DECISION, "More than four weeks have not been systematically evaluated for this indication.", code="DOS-4.beyond")
        )
    if position.began_on is not None and _is_first_after_benefit_day(position.began_on, position.last_on, on):
        rule = "DOS-4" if position.indication == MDSI else "DOS-3"
        found.append(Finding(rule, Level.NOTE, "Four weeks are over: judge the benefit before going on.", code=f"{rule}.benefit"))
    return found


def _is_first_after_benefit_day(began_on: date, last_on: date | None, on: date) -> bool:
    judged_from = began_on + timedelta(days=BENEFIT_AFTER_DAYS)
    return on >= judged_from and (last_on is None or last_on < judged_from)


def _interval(position: CoursePosition, days: list[date], on: date) -> list[Finding]:
    """Twice weekly: at most two in any seven days, and not on days that follow each other. Weekly: a week apart, give or take a day."""
    last = max([day for day in (*days, position.last_on) if day is not None and day < on], default=None)
    if last is None:
        return []
    gap = (on - last).days
    if position.phase is not Phase.INDUCTION:
        too_soon = gap < LEAST_WEEKLY_GAP
        text = f"Last dosed {_days(gap)} ago; the {position.phase.words.lower()} phase is once a week at most."
    elif gap == 1:
        too_soon, text = True, "Dosed yesterday; twice a week means days apart."
    else:
        too_soon = len([day for day in days if on - timedelta(days=7) < day < on]) >= 2
        text = "This would be the third session within seven days; induction is twice a week."
    return [Finding("DOS-5", Level.DECISION, text, code="DOS-5.interval")] if too_soon else []


def _gap(position: CoursePosition) -> list[Finding]:
    gap = position.days_since_last
    if gap is None or gap <= LONG_GAP[position.phase]:
        return []
    advice = "Go on with the schedule." if position.phase is Phase.INDUCTION else "Consider the previous, more frequent schedule."
    return [Finding("DOS-6", Level.NOTE, f"Last dosed {_days(gap)} ago. {advice}", code="DOS-6.gap")]


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
