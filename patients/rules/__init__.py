"""What the label, the REMS and good practice decide about a patient: pure functions over plain values, one file an idea."""

from patients.rules.consent import consent_findings
from patients.rules.course import CoursePosition, Phase, course_position, position_from_counts
from patients.rules.dosing import course_findings
from patients.rules.enrolment import enrolment_findings
from patients.rules.indication import indication_findings
from patients.rules.medicines import medicine_findings
from patients.rules.names import alike_pairs, are_alike, fold, folded_name
from patients.rules.orders import OrderFacts, order_findings
from patients.rules.people import age_on, may_be_messaged
from patients.rules.screening import SCREENING, screening_findings

__all__ = [
    "SCREENING",
    "CoursePosition",
    "OrderFacts",
    "Phase",
    "age_on",
    "alike_pairs",
    "are_alike",
    "consent_findings",
    "course_findings",
    "course_position",
    "enrolment_findings",
    "fold",
    "folded_name",
    "indication_findings",
    "may_be_messaged",
    "medicine_findings",
    "order_findings",
    "position_from_counts",
    "screening_findings",
]
