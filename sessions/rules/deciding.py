"""How long a prescriber's reason at booking holds: of the rhythm for its day, of the dose for that dose (DOS-5, DOS-9)."""

from datetime import date

from clinic.findings import Finding
from sessions.rules.planning.course import GAP, INTERVAL

RHYTHM = (GAP, INTERVAL)


def is_of_the_day(finding: Finding) -> bool:
    """Whether it speaks of the day that the visit stands on: on another day it is asked anew."""
    return finding.key in RHYTHM or finding.rule == "DOS-9"


def is_of_the_dose(finding: Finding) -> bool:
    return finding.field == "dose_mg"


def still_holds(for_day: date | None, for_dose_mg: int | None, day: date, dose_mg: int) -> bool:
    """Whether a decision still counts for a visit of this day and dose; empty: whatever they are."""
    return for_day in (None, day) and for_dose_mg in (None, dose_mg)
