"""Every text column of every table: sealed where keys are set, or with its reason why not (docs/adr/0033). A new column fails until somebody decides."""

import pytest
from django.apps import apps
from django.db import models

from clinic.fields import BlindIndexField, SealedTextField
from clinic.guards.plan import plan

OURS = ("clinic", "patients", "treatment_sessions", "reminders", "reports")
TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)

# By the reason why it stands in clear. What is appended has a reason of its own, which the guards know: history refuses the UPDATE of a rotation.
IN_CLEAR: dict[str, tuple[str, ...]] = {
    "codes, marks, digests and counts of ours; nobody's words": (
        "clinic.AuditHead: hash", "clinic.AuditorGrant: seed drawn_sha256", "clinic.BackupRun: engine file_name sha256 why",
        "clinic.Invitation: token_sha256", "clinic.Notice: kind rule target_kind discriminator", "clinic.Pin: hashed", "clinic.Screen: token_sha256",
        "clinic.User: password", "clinic.SitePolicy: check_minutes signing_credentials", "clinic.TaskTally: task", "patients.Order: phase",
        "patients.Patient: time_zone", "reminders.OutboxMessage: provider why", "reminders.SiteMessaging: sender",
        "reports.AuditFinding: key measure rule words", "reports.DowntimePacket: file_name sha256 why",
        "reports.Export: kind filters why file_name content_type sha256", "reports.SiteSummary: version",
        "reports.VisitSummary: status indication phase marks more", "reports.MonthSummary: numbers", "treatment_sessions.CalendarFeed: token_sha256",
        "treatment_sessions.FormBlank: definition_code field_map", "treatment_sessions.MonitoringForm: definition_code definition_sha256",
        "treatment_sessions.TreatmentSession: protocol_code",
    ),
    "about the clinic, its people and its things; no patient": (
        "clinic.AuditorGrant: printed_name email purpose", "clinic.AuthorizedRepresentative: name email phone", "clinic.Certification: note",
        "clinic.Chair: name", "clinic.Closure: reason", "clinic.Equipment: label", "clinic.EquipmentCheck: note", "clinic.Invitation: email printed_name",
        "clinic.Organisation: name", "clinic.Procedure: title", "clinic.Screen: name",
        "clinic.Site: slug name public_name address phone time_zone rems_number dea_number other_settings", "clinic.SitePolicy: reason",
        "clinic.Training: note", "clinic.User: email printed_name phone", "reports.Export: recipient purpose",
        "treatment_sessions.CalendarFeed: name", "treatment_sessions.TreatmentSession: kit_lot",
    ),
    "searched with slips in it, or sorted by, among thousands": ("patients.Patient: first_name middle_initial last_name name_folded",),
    "compared in SQL with numbers and addresses that came in": ("patients.Patient: phone email", "patients.Contact: phone"),
    "sealed whole, for keys that the server doesn't hold": ("reports.DowntimeKit: sealed",),
    "a day old at most, then gone: the file of an export that somebody waits for": ("reports.ExportPart: content",),
    "clinical state that every rule and the prescriber's signature read; identifies nobody by itself": (
        "patients.AntidepressantTrial: drug dose", "patients.Medicine: name dose", "patients.Order: other_dose_reason note",
        "patients.StandingParameters: reason", "patients.Course: end_reason", "treatment_sessions.Alert: what text closed_how",
        "treatment_sessions.TreatmentSession: status_reason", "treatment_sessions.Emergency: place outcome_reason",
        "treatment_sessions.SafetyCall: closed_how", "reports.AuditFinding: cause action closed_why", "patients.TransferOut: to_setting",
        "clinic.Notice: text resolved_how",
    ),
    "a helper's name stands wherever the chair and the desk look for who comes": ("patients.Contact: name relation",),
    "what was sent is signed by its digest and proven from history, where the same words stand": (
        "treatment_sessions.MonitoringForm: reason answers proposals", "treatment_sessions.FormSend: proof failure",
    ),
}  # fmt: skip
SEALED = {
    "patients.Patient": {"mrn", "address", "allergies", "status_reason"}, "patients.Intake": {"referred_by", "note"},
    "patients.TransferOut": {"told_note", "cancel_reason"}, "treatment_sessions.MoveWish": {"words"}, "treatment_sessions.Handover": {"note"},
}  # fmt: skip


def texts(model: type[models.Model]) -> set[str]:
    """Columns of words: one with choices holds a word of ours, a key or an index a mark."""
    found = (field for field in model._meta.concrete_fields if isinstance(field, TEXT) and not isinstance(field, BlindIndexField))
    return {field.name for field in found if not field.choices and not field.primary_key}


def of_ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def named_in_clear() -> list[tuple[str, str]]:
    split = (line.split(": ") for lines in IN_CLEAR.values() for line in lines)
    return [(label, name) for label, names in split for name in names.split()]


def history() -> set[str]:
    return {kept.table for kept in plan().append_only}


@pytest.mark.engine_free
def test_each_column_of_words_is_sealed_or_has_its_reason() -> None:
    wanted = {(model._meta.label, name) for model in of_ours() if model._meta.db_table not in history() for name in texts(model)}
    sealed = {(label, name) for label, names in SEALED.items() for name in names}
    assert wanted - sealed == set(named_in_clear())
    assert len(named_in_clear()) == len(set(named_in_clear()))


@pytest.mark.engine_free
def test_what_is_said_to_be_sealed_is_and_nothing_else() -> None:
    """And nothing that is appended: its cells would keep an old key for ever."""
    found = {model: {field.name for field in model._meta.concrete_fields if isinstance(field, SealedTextField)} for model in of_ours()}
    assert {model._meta.label: names for model, names in found.items() if names} == SEALED
    assert not [model for model, names in found.items() if names and model._meta.db_table in history()]
