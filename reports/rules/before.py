"""Before the dose: a high pressure that was weighed, a dose or an interval outside of the schedule with its reason (PRE-2, DOS-3…DOS-5)."""

from datetime import date

from clinic.findings import Finding, decisions
from patients.rules.dosing import course_findings
from reports.rules.facts import Reading, SessionFacts
from reports.rules.measure import Answer, Group, Measure, yes_no
from reports.rules.place import place_of

WEIGHED = ("PRE-2.pressure.", "PRE-2.unrepeated.")


def last_before(facts: SessionFacts) -> Reading | None:
    """The last pressure that was obtained up to the first device; of two at one moment the one written down later, as at the gate."""
    first = facts.first_device_at
    taken = [reading for reading in facts.readings if reading.has_pressure and first is not None and reading.at <= first]
    return max(reversed(taken), key=lambda reading: reading.at, default=None)


def is_high(facts: SessionFacts, reading: Reading) -> bool:
    """Above the site's limits, or the patient's own where a prescriber has set them (PRE-2, PAT-8)."""
    terms = facts.terms
    if (reading.systolic or 0) <= terms.systolic and (reading.diastolic or 0) <= terms.diastolic:
        return False
    systolic = terms.systolic if terms.own_systolic is None else terms.own_systolic
    diastolic = terms.diastolic if terms.own_diastolic is None else terms.own_diastolic
    return (reading.systolic or 0) > systolic or (reading.diastolic or 0) > diastolic


def high_weighed(facts: SessionFacts, today: date) -> Answer | None:
    """Whether a prescriber's decision on a pressure of this visit stands where the last one before the dose was high (PRE-2)."""
    last = last_before(facts)
    if not facts.is_dosed or last is None or not is_high(facts, last):
        return None
    return yes_no(any(decision.finding.startswith(WEIGHED) for decision in facts.decisions))


def off_schedule(facts: SessionFacts) -> list[Finding]:
    """What the label says against the planned dose and the interval on that day (DOS-3…DOS-5)."""
    before = [day for day in facts.course.dosed_days if day < facts.treatment_on]
    found = course_findings(
        position=place_of(facts), dose_mg=facts.planned_dose_mg, dosed_days=before, on=facts.treatment_on, protocol=facts.protocol
    )
    return decisions(found)


def schedule_decided(facts: SessionFacts, today: date) -> Answer | None:
    """Whether each warning about dose or interval was decided on by a prescriber (DOS-5)."""
    against = off_schedule(facts) if facts.is_dosed else []
    if not against:
        return None
    taken = {decision.finding for decision in facts.decisions}
    return yes_no(all(finding.key in taken for finding in against))


def warnings(facts: SessionFacts) -> str:
    return " ".join(finding.text for finding in off_schedule(facts))


def high_pressure(facts: SessionFacts) -> str:
    last = last_before(facts)
    return f"{last.systolic}/{last.diastolic}" if last is not None else ""


G = Group.BEFORE
MEASURES = (
    Measure(
        "high_weighed", "PRE-2", G, "Was a high pressure before the dose weighed by a prescriber?",
        "A prescriber’s decision on a pressure of the visit is on record.",
        "Sessions whose last pressure before the first device was above the limits, by default 140/90.",
        "Pressures within the patient’s standing parameters.", high_weighed, detail=high_pressure,
    ),
    Measure(
        "off_schedule", "DOS-5", G, "Has every dose or interval outside of the schedule its reason?",
        "A prescriber decided on each warning, with a reason.", "Sessions whose planned dose or interval lies outside of the label's schedule.",
        "What was given less than planned.", schedule_decided, detail=warnings,
    ),
)  # fmt: skip
