"""Enrolment, screening and consent: facts that are only ever added; a correction is a new row that says why (PAT-1, PAT-3, PAT-5)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from clinic import audit
from clinic.actions.attachments import keep_file
from clinic.findings import refuse
from clinic.models import Attachment, Membership, User
from clinic.roles import Permission, may
from patients.actions.writing import locked, moment_of, posted_before, refuse_fields, today_of
from patients.models import Consent, Enrolment, Patient, Screening
from patients.rules.consent import CONSENT_TEXTS
from patients.rules.enrolment import enrolment_date_problems
from patients.rules.screening import lifted_contraindications, unanswered

File = tuple[str, bytes]


@transaction.atomic
def record_enrolment(
    patient: Patient,
    *,
    fields: Mapping[str, Any],
    file: File | None = None,
    supersedes: Enrolment | None = None,
    reason: str = "",
    client_key: UUID,
    by: User,
    now: datetime,
) -> Enrolment:
    """The submitted enrolment (PAT-1): both signatures' dates, submission, method, REMS id, proof note. Correct one by naming it and a reason.

    `file` is the proof itself. Raises Refused for dates or a file that can't be. Returns the earlier row for a repeated key.
    """
    row = locked(patient)
    before = posted_before(Enrolment, row, client_key)
    if before is not None:
        return before
    days = {name: fields[name] for name in ("patient_signed_on", "prescriber_signed_on", "submitted_on")}
    refuse_fields("PAT-1", enrolment_date_problems(**days, today=today_of(row.site, now)))
    observed_at = moment_of(fields["submitted_on"], row.site, now)
    enrolment = Enrolment(patient=row, client_key=client_key, **fields, **correction(supersedes, reason))
    _add(enrolment, "enrolment", row, observed_at, by, now)
    if file is not None:
        keep_file(row.site, target=enrolment, file_name=file[0], content=file[1], by=by, now=now)
    return enrolment


@transaction.atomic
def add_proof(enrolment: Enrolment, *, file: File, by: User, now: datetime) -> Attachment:
    """The confirmation or receipt of an enrolment, when it comes later (PAT-1). Raises Refused for a file that can't be kept."""
    return keep_file(enrolment.site, target=enrolment, file_name=file[0], content=file[1], by=by, now=now)


@transaction.atomic
def record_screening(patient: Patient, *, answers: Mapping[str, str], note: str, client_key: UUID, by: User, now: datetime) -> Screening:
    """One whole screening (PAT-3, PAT-4). Raises Refused when a question is unanswered. Earlier ones keep standing."""
    row = locked(patient)
    before = posted_before(Screening, row, client_key)
    if before is not None:
        return before
    refuse_fields("PAT-3", {question.id: "Answer this question." for question in unanswered(answers)})
    screening = Screening(patient=row, answers=dict(answers), note=note, client_key=client_key)
    return _add(screening, "screening", row, now, by, now)


@transaction.atomic
def correct_screening(
    screening: Screening, *, answers: Mapping[str, str], note: str, reason: str, client_key: UUID, by: Membership, now: datetime
) -> Screening:
    """Supersede a screening that was recorded by mistake (PAT-3). Taking back a contraindication is a prescriber's act.

    Raises Refused without a reason, without the role, or when somebody superseded it first.
    """
    row = locked(screening.patient)
    before = posted_before(Screening, row, client_key)
    if before is not None:
        return before
    refuse_fields("PAT-3", {question.id: "Answer this question." for question in unanswered(answers)})
    if lifted_contraindications(screening.answers, answers) and not may(by.role, Permission.PRESCRIBE):
        raise refuse("PAT-3", "Only a prescriber takes back a contraindication.", code="PAT-3.prescriber")
    corrected = Screening(patient=row, answers=dict(answers), note=note, client_key=client_key, **correction(screening, reason))
    return _add(corrected, "screening", row, now, by.user, now)


@transaction.atomic
def record_consent(
    patient: Patient,
    *,
    fields: Mapping[str, Any],
    supersedes: Consent | None = None,
    reason: str = "",
    client_key: UUID,
    by: User,
    now: datetime,
) -> Consent:
    """Counselling and consent with the text's version and both dates (PAT-5). Raises Refused for a date to come or an unknown text."""
    row = locked(patient)
    before = posted_before(Consent, row, client_key)
    if before is not None:
        return before
    refuse_fields("PAT-5", consent_problems(fields, today_of(row.site, now)))
    observed_at = moment_of(max(fields["patient_signed_on"], fields["clinician_signed_on"]), row.site, now)
    consent = Consent(patient=row, client_key=client_key, **fields, **correction(supersedes, reason))
    return _add(consent, "consent", row, observed_at, by, now)


def consent_problems(fields: Mapping[str, Any], today: date) -> dict[str, str]:
    problems = {name: "This date lies in the future." for name in ("patient_signed_on", "clinician_signed_on") if fields[name] > today}
    if fields["text_version"] not in {text.version for text in CONSENT_TEXTS}:
        problems["text_version"] = "There is no such text."
    return problems


def correction(supersedes: models.Model | None, reason: str) -> dict[str, object]:
    """What a correcting row carries. Raises Refused without a reason, or when the old row was superseded meanwhile (MON-7)."""
    if supersedes is None:
        return {}
    if not reason:
        raise refuse("MON-7", "Say why it is corrected.", field="reason")
    if type(supersedes)._default_manager.filter(supersedes_id=supersedes.pk).exists():
        raise refuse("MON-7", "Somebody corrected this already. Look at the chart again.", code="MON-7.stale")
    return {"supersedes": supersedes, "reason": reason}


def _add(fact: Any, word: str, patient: Patient, observed_at: datetime, by: User, now: datetime) -> Any:
    fact.site, fact.observed_at, fact.recorded_at, fact.recorded_by = patient.site, observed_at, now, by
    fact.save(force_insert=True)
    verb = "corrected" if fact.supersedes_id else "recorded"
    changes = {"supersedes": fact.supersedes_id} if fact.supersedes_id else {}
    audit.record(action=f"{word}.{verb}", target=fact, by=by, now=now, site=patient.site, patient_pk=patient.pk, changes=changes)
    return fact
