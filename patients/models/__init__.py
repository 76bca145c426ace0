"""The patient's tables, one file an idea."""

from patients.models.authorisation import Authorisation
from patients.models.chart import AntidepressantTrial, Consent, Medicine, Screening, StandingParameters
from patients.models.course import Course, LeftCourse, Order
from patients.models.emergency_reads import EmergencyRead, EmergencyReadReview
from patients.models.enrolment import Enrolment
from patients.models.intake import Intake, IntakeFact
from patients.models.messaging import DriverConsent, MessageConsent
from patients.models.patient import Contact, Patient
from patients.models.scores import Assessment, RiskAnswer
from patients.models.transfer import TransferOut

__all__ = [
    "AntidepressantTrial",
    "Assessment",
    "Authorisation",
    "Consent",
    "Contact",
    "Course",
    "DriverConsent",
    "EmergencyRead",
    "EmergencyReadReview",
    "Enrolment",
    "Intake",
    "IntakeFact",
    "LeftCourse",
    "Medicine",
    "MessageConsent",
    "Order",
    "Patient",
    "RiskAnswer",
    "Screening",
    "StandingParameters",
    "TransferOut",
]
