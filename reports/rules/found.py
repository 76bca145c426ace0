"""What the checks themselves found, apart from the forms: it counts more, and compares with no national rate (MON-4, MON-6)."""

from collections.abc import Callable
from datetime import date

from reports.rules.facts import Reading, SessionFacts
from reports.rules.measure import Answer, Beside, Group, Kind, Measure
from reports.rules.words import DOSED

AWAKE = 5
Judged = Callable[[SessionFacts, Reading], bool | None]


def seen(judge: Judged) -> Callable[[SessionFacts, date], Answer | None]:
    """Whether any check after the first device found it; None where no check looked."""

    def answer(facts: SessionFacts, today: date) -> Answer | None:
        first = facts.first_device_at
        if not facts.is_dosed or first is None:
            return None
        looked = [judge(facts, reading) for reading in facts.readings if reading.at > first]
        found = [one for one in looked if one is not None]
        return Answer(hits=int(any(found)), of=1) if found else None

    return answer


def is_sedated(facts: SessionFacts, reading: Reading) -> bool | None:
    return reading.sedation < AWAKE if reading.sedation is not None else None


def is_dissociated(facts: SessionFacts, reading: Reading) -> bool | None:
    return reading.dissociation != "none" if reading.dissociation else None


def is_raised(facts: SessionFacts, reading: Reading) -> bool | None:
    """Above the site's limit of a high alert on that day (MON-6)."""
    if reading.systolic is None or reading.diastolic is None:
        return None
    return reading.systolic > facts.terms.high_systolic or reading.diastolic > facts.terms.high_diastolic


def had_serious(facts: SessionFacts, today: date) -> Answer | None:
    """A serious event that stands on the session, whatever its form says (PMF-6)."""
    return Answer(hits=int(facts.serious_events > 0), of=1) if facts.is_dosed else None


APART = Beside("Checks find more than forms tell: this compares with no national rate.")
APART_SERIOUS = Beside("What the flowsheet has; what the forms answer stands apart, under the outcomes.")
LOOKED = "Sessions with a check after the first device that looked."
LEFT_OUT = "Values not obtained."


def finding(code: str, rule: str, question: str, numerator: str, judge: Judged) -> Measure:
    return Measure(code, rule, Group.FOUND, question, numerator, LOOKED, LEFT_OUT, seen(judge), Kind.SHARE, beside=APART)


MEASURES = (
    finding("seen_sedation", "MON-4", "How often did a check find sedation?", "A MOAA/S below 5 after the first device.", is_sedated),
    finding("seen_dissociation", "MON-4", "How often did a check find dissociation?", "Any but “none” after the first device.", is_dissociated),
    finding(
        "seen_pressure", "MON-6", "How often did a check find raised pressure?", "Above the site’s high limit after the first device.", is_raised
    ),
    Measure(
        "seen_serious",
        "PMF-6",
        Group.FOUND,
        "How often was a serious event recorded?",
        "Sessions with a serious event on record.",
        DOSED,
        "Events at home, which belong to no session.",
        had_serious,
        Kind.SHARE,
        beside=APART_SERIOUS,
    ),
)
