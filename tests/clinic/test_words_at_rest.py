"""Every text column of every table: sealed where keys are set, or with its reason why not (docs/adr/0033). A new column fails until somebody decides."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import models

from clinic.fields import Bound
from clinic.marks import BlindIndexField

OURS = ("clinic", "patients", "treatment_sessions", "reminders", "reports")
TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)

# By the reason why it stands in clear.
IN_CLEAR: dict[str, tuple[str, ...]] = {
    "codes, marks, digests and counts of ours; nobody's words": (
        "clinic.AnchorDelivery: place", "clinic.AnchorRound: lines", "clinic.Attachment: content_type sha256 target_kind",
        "clinic.AuditEntry: action chain hash prev_hash target_kind target_pk", "clinic.AuditHead: hash", "clinic.AuditorGrant: seed drawn_sha256",
        "clinic.AuditReview: up_to_hash", "clinic.BackupRun: engine file_name sha256 why", "clinic.Invitation: token_sha256",
        "clinic.Notice: kind rule target_kind discriminator", "clinic.Pin: hashed", "clinic.Screen: token_sha256",
        "clinic.Signature: confirmed_by content_sha256 credential role seal_sha256 target_kind", "clinic.SitePolicy: check_minutes signing_credentials",
        "clinic.TaskTally: task", "clinic.User: password", "patients.Assessment: instrument", "patients.Consent: text_version", "patients.Order: phase",
        "patients.Patient: time_zone", "reminders.DeliveryReport: code status", "reminders.InboundText: language provider provider_id",
        "reminders.OutboxMessage: provider why", "reminders.SendAttempt: detail outcome", "reminders.SiteMessaging: sender", "reminders.Undeliverable: why",
        "reports.AuditFinding: key measure rule words", "reports.Disclosure: filters sha256 what", "reports.DowntimePacket: file_name sha256 why",
        "reports.Export: kind filters why file_name content_type sha256", "reports.MonthSummary: numbers", "reports.SiteSummary: version",
        "reports.VisitSummary: status indication phase marks more", "treatment_sessions.AdverseEvent: criteria kind",
        "treatment_sessions.BenefitReview: evidence", "treatment_sessions.Breach: finding rule text", "treatment_sessions.CalendarFeed: token_sha256",
        "treatment_sessions.CoursePlan: phases usual", "treatment_sessions.FormBlank: definition_code field_map",
        "treatment_sessions.MonitoringForm: definition_code definition_sha256", "treatment_sessions.Override: finding rule text",
        "treatment_sessions.TreatmentSession: protocol_code",
    ),
    "the trail, which names rows and columns, and no patient's words; whoever checks its chain needs no key": ("clinic.AuditEntry: body",),
    "about the clinic, its people and its things; no patient": (
        "clinic.AuditReview: note", "clinic.AuditorGrant: printed_name email purpose", "clinic.AuthorizedRepresentative: name email phone",
        "clinic.Certification: note", "clinic.Chair: name", "clinic.Closure: reason", "clinic.DutyCorrection: reason", "clinic.Equipment: label",
        "clinic.EquipmentCheck: note", "clinic.Invitation: email printed_name", "clinic.Organisation: name", "clinic.Procedure: title",
        "clinic.ProcedureVersion: text", "clinic.Screen: name", "clinic.Signature: printed_name",
        "clinic.Site: slug name public_name address phone time_zone rems_number dea_number other_settings", "clinic.SitePolicy: reason",
        "clinic.Training: note", "clinic.User: email printed_name phone", "patients.EmergencyRead: reader_name", "patients.MessageConsent: wording",
        "reminders.Wording: body subject text", "reports.Disclosure: purpose recipient", "reports.Export: recipient purpose",
        "treatment_sessions.CalendarFeed: name", "treatment_sessions.DeviceUse: lot", "treatment_sessions.EventReport: number",
        "treatment_sessions.TreatmentSession: kit_lot",
    ),
    "sealed whole, for keys that the server doesn't hold": ("reports.DowntimeKit: sealed",),
    "clinical state that every rule reads, chosen from lists or measured; identifies nobody by itself": (
        "patients.AntidepressantTrial: drug dose", "patients.Medicine: name dose",
        "patients.Course: end_reason", "patients.TransferOut: to_setting", "treatment_sessions.Alert: what text closed_how",
        "treatment_sessions.DayRecord: answers", "treatment_sessions.Emergency: place",
        "treatment_sessions.Observation: not_obtained urgent_signs",
        "treatment_sessions.SafetyCall: closed_how", "treatment_sessions.SessionEvent: dose route",
        "reports.AuditFinding: cause action closed_why", "clinic.Notice: text resolved_how",
    ),
}  # fmt: skip
SEALED = (
    "clinic.Attachment: content file_name", "clinic.AuditReview: reason", "clinic.ProcedureSignOff: reason", "clinic.ProcedureVersion: reason",
    "patients.Assessment: answers reason", "patients.Authorisation: note number payer reason", "patients.Consent: reason",
    "patients.Contact: name phone relation", "patients.DriverConsent: reason", "patients.EmergencyRead: reason", "patients.EmergencyReadReview: note",
    "patients.Enrolment: proof_note reason rems_id", "patients.Intake: note referred_by", "patients.IntakeFact: note reason",
    "patients.MessageConsent: reason", "patients.Order: note other_dose_reason",
    "patients.Patient: address allergies birth_on email first_name last_name middle_initial mrn name_folded phone status_reason",
    "patients.RiskAnswer: done reason", "patients.Screening: answers note reason", "patients.StandingParameters: reason",
    "patients.TransferOut: cancel_reason told_note", "reminders.InboundText: body number", "reminders.TextHandling: note",
    "reminders.Undeliverable: address", "reports.ExportPart: content", "treatment_sessions.Addendum: reason text",
    "treatment_sessions.AdverseEvent: narrative outcome reason", "treatment_sessions.BenefitReview: answers concerns reason why",
    "treatment_sessions.CallAttempt: note reason", "treatment_sessions.CoursePlan: reason", "treatment_sessions.DayRecord: note reason",
    "treatment_sessions.Departure: condition destination handed_to note reason", "treatment_sessions.DeviceConfirmation: reason",
    "treatment_sessions.DeviceUse: reason", "treatment_sessions.Discharge: early_reason", "treatment_sessions.Emergency: outcome_reason",
    "treatment_sessions.EmergencyEntry: reason text", "treatment_sessions.EventReport: reason reference spoke_with",
    "treatment_sessions.FormSend: failure proof", "treatment_sessions.Handover: note", "treatment_sessions.HandoverChair: told",
    "treatment_sessions.IdentityCheck: reason", "treatment_sessions.MonitoringForm: answers proposals reason", "treatment_sessions.MoveWish: words",
    "treatment_sessions.NextStep: reason", "treatment_sessions.Observation: note reason", "treatment_sessions.Override: reason",
    "treatment_sessions.PreDoseCheck: answers reason", "treatment_sessions.Preparation: answers reason ride_name ride_phone", "treatment_sessions.ReadinessCheck: answers reason",
    "treatment_sessions.Redrawing: reason", "treatment_sessions.Round: reason", "treatment_sessions.SessionEvent: effect reason what",
    "treatment_sessions.TakeOver: reason", "treatment_sessions.TreatmentSession: status_reason",
)  # fmt: skip


def texts(model: type[models.Model]) -> set[str]:
    """Columns of words: one with choices holds a word of ours, a key or a mark nothing that can be read."""
    found = (field for field in model._meta.concrete_fields if isinstance(field, (*TEXT, Bound)) and not isinstance(field, BlindIndexField))
    return {field.name for field in found if not field.choices and not field.primary_key}


def of_ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def named(lines: Iterable[str]) -> list[tuple[str, str]]:
    split = (line.split(": ") for line in lines)
    return [(label, name) for label, names in split for name in names.split()]


@pytest.mark.engine_free
def test_each_column_of_words_is_sealed_or_has_its_reason() -> None:
    wanted = {(model._meta.label, name) for model in of_ours() for name in texts(model)}
    in_clear = named(line for lines in IN_CLEAR.values() for line in lines)
    assert wanted - set(named(SEALED)) == set(in_clear)
    assert len(in_clear) == len(set(in_clear))


@pytest.mark.engine_free
def test_what_is_said_to_be_sealed_is_and_nothing_else() -> None:
    """Each bound to a number of its row's own: without one, a cell could change places with another's."""
    found = {(model._meta.label, field.name): field for model in of_ours() for field in model._meta.concrete_fields if isinstance(field, Bound)}
    assert set(found) == set(named(SEALED))
    shared = {(label, name): field.model for (label, name), field in found.items() if not is_its_own(field.model, field.row)}
    # One post takes several chairs over, for the same reason; and a message that came back twice went to two addresses at most.
    assert set(shared) == {("treatment_sessions.TakeOver", "reason"), ("reminders.Undeliverable", "address")}


def is_its_own(model: type[models.Model], name: str) -> bool:
    """Unique by itself, or with what it is put together of."""
    column = name.removesuffix("_id")
    if any(field.name == column for field in model._meta.concrete_fields):
        field = model._meta.get_field(column)
        return not field.null and field.unique  # type: ignore[union-attr]
    together = {
        "treatment_sessions.HandoverChair": ["handover", "session"], "reports.ExportPart": ["export", "number"],
        "reminders.InboundText": ["site", "provider", "provider_id"],
    }  # fmt: skip
    return together.get(model._meta.label) in [[*one.fields] for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
