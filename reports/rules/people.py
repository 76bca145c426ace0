"""People and place: enrolled patient, certified site, trained staff, a prescriber on site (PAT-1, SET-1…SET-3)."""

from datetime import date

from clinic.rules.presence import gaps
from reports.rules.facts import SessionFacts
from reports.rules.measure import Answer, Group, Measure, yes_no
from reports.rules.words import DOSED, NOBODY, OVER, RUNNING


def enrolled_first(facts: SessionFacts, today: date) -> Answer | None:
    """Whether the enrolment was submitted by the day of the dose (PAT-1; outpatient sessions)."""
    if not facts.is_dosed or not facts.owes_form:
        return None
    return yes_no(facts.enrolled_on is not None and facts.enrolled_on <= facts.treatment_on)


def certified(facts: SessionFacts, today: date) -> Answer | None:
    """Whether the site was certified on the day (SET-1; outpatient sessions)."""
    return yes_no(facts.is_certified) if facts.is_dosed and facts.is_outpatient else None


def trained(facts: SessionFacts, today: date) -> Answer | None:
    """Whether everybody who recorded or watched a device had their REMS training on the day (SET-3)."""
    return yes_no(all(device.are_trained for device in facts.devices)) if facts.is_dosed else None


def prescriber_present(facts: SessionFacts, today: date) -> Answer | None:
    """Whether a prescriber was on site from the first device to the end (SET-2). An unconfirmed presence counts as a gap."""
    first, end = facts.first_device_at, facts.ended_at
    if not facts.is_over or first is None or end is None:
        return None
    return yes_no(not gaps(facts.prescriber_stays, first, end))


G = Group.PEOPLE
MEASURES = (
    Measure(
        "enrolled", "PAT-1", G, "Was the patient enrolled before the dose?", "The enrolment was submitted by the day of treatment.",
        "Outpatient sessions with at least one spray.", "Inpatient and emergency sessions.", enrolled_first,
    ),
    Measure(
        "certified", "SET-1", G, "Was the site certified on the day?", "The last event on or before the day is a certification.",
        "Outpatient sessions with at least one spray.", "Inpatient and emergency sessions.", certified,
    ),
    Measure(
        "trained", "SET-3", G, "Were those who gave the devices trained on the day?",
        "Everybody who recorded or watched a device had a REMS training in force.", DOSED, NOBODY, trained,
    ),
    Measure(
        "prescriber", "SET-2", G, "Was a prescriber on site throughout?", "Confirmed presence covers the time from the first device to the end.",
        OVER, RUNNING, prescriber_present,
    ),
)  # fmt: skip
