"""The clinic's tables, one file an idea."""

from clinic.models.anchors import AnchorDelivery, AnchorRound
from clinic.models.attachments import Attachment
from clinic.models.audit import AuditEntry, AuditHead, AuditReview, Signature
from clinic.models.auditors import AuditorGrant
from clinic.models.backups import BackupRun
from clinic.models.clock import ClockOffset
from clinic.models.duty import DutyCorrection, DutyPeriod
from clinic.models.equipment import Equipment, EquipmentCheck
from clinic.models.locking import Pin, PinDoor
from clinic.models.notices import Heartbeat, Notice
from clinic.models.people import Invitation, Membership, Training, User
from clinic.models.policy import SitePolicy
from clinic.models.procedures import Procedure, ProcedureSignOff, ProcedureVersion
from clinic.models.screens import Screen
from clinic.models.site import (
    AuthorizedRepresentative,
    Certification,
    Chair,
    Closure,
    OpeningHours,
    Organisation,
    Site,
)
from clinic.models.tally import TaskTally

__all__ = [
    "AnchorDelivery",
    "AnchorRound",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "AuditReview",
    "AuditorGrant",
    "AuthorizedRepresentative",
    "BackupRun",
    "Certification",
    "Chair",
    "ClockOffset",
    "Closure",
    "DutyCorrection",
    "DutyPeriod",
    "Equipment",
    "EquipmentCheck",
    "Heartbeat",
    "Invitation",
    "Membership",
    "Notice",
    "OpeningHours",
    "Organisation",
    "Pin",
    "PinDoor",
    "Procedure",
    "ProcedureSignOff",
    "ProcedureVersion",
    "Screen",
    "Signature",
    "Site",
    "SitePolicy",
    "TaskTally",
    "Training",
    "User",
]
