"""The patient's tables, one file an idea."""

from patients.models.chart import AntidepressantTrial, Consent, Medicine, Screening, StandingParameters
from patients.models.course import Course, Order
from patients.models.enrolment import Enrolment
from patients.models.messaging import MessageConsent
from patients.models.patient import Contact, Patient

__all__ = [
    "AntidepressantTrial",
    "Consent",
    "Contact",
    "Course",
    "Enrolment",
    "Medicine",
    "MessageConsent",
    "Order",
    "Patient",
    "Screening",
    "StandingParameters",
]
