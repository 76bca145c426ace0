"""The treatment session's tables, one file an idea."""

from sessions.models.adverse import AdverseEvent, EventReport
from sessions.models.benefit import BenefitReview
from sessions.models.day import DayRecord
from sessions.models.departure import CallAttempt, Departure, SafetyCall
from sessions.models.dosing import DeviceConfirmation, DeviceUse
from sessions.models.emergency import Emergency, EmergencyEntry
from sessions.models.exceptions import Breach, Override
from sessions.models.feeds import CalendarFeed, LeftHands, LeftSlot
from sessions.models.form import FormBlank, FormSend, MonitoringForm
from sessions.models.handover import Handover, HandoverChair, TakeOver
from sessions.models.help import HelpCall
from sessions.models.leaving import Addendum, Discharge, ReadinessCheck
from sessions.models.monitoring import Alert, Observation, Round, SessionEvent
from sessions.models.next_step import NextStep, Redrawing
from sessions.models.plan import CoursePlan
from sessions.models.predose import IdentityCheck, PreDoseCheck
from sessions.models.rescue import Settled
from sessions.models.sampled import SampledSession
from sessions.models.session import TreatmentSession
from sessions.models.wishes import MoveWish, Preparation

__all__ = [
    "Addendum",
    "AdverseEvent",
    "Alert",
    "BenefitReview",
    "Breach",
    "CalendarFeed",
    "CallAttempt",
    "CoursePlan",
    "DayRecord",
    "Departure",
    "DeviceConfirmation",
    "DeviceUse",
    "Discharge",
    "Emergency",
    "EmergencyEntry",
    "EventReport",
    "FormBlank",
    "FormSend",
    "Handover",
    "HandoverChair",
    "HelpCall",
    "IdentityCheck",
    "LeftHands",
    "LeftSlot",
    "MonitoringForm",
    "MoveWish",
    "NextStep",
    "Observation",
    "Override",
    "PreDoseCheck",
    "Preparation",
    "ReadinessCheck",
    "Redrawing",
    "Round",
    "SafetyCall",
    "SampledSession",
    "SessionEvent",
    "Settled",
    "TakeOver",
    "TreatmentSession",
]
