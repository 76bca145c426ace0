"""Register and edit a patient, change their status, keep the people around them (PAT-7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from clinic import audit
from clinic.actions.merging import merged
from clinic.findings import Refused, refuse
from clinic.models import Site, User
from patients.actions import drivers
from patients.actions.messaging import CHANNELS, keep_answers
from patients.actions.writing import locked, posted_before, refuse_fields, set_changed, today_of
from patients.models import Contact, Patient
from patients.queries.known import mrn_is_taken
from patients.rules.names import folded_name, name_problem
from patients.rules.people import birth_problem, status_problem

# What a person may type; status, site and what is derived have their own ways.
FIELDS = (
    "mrn", "first_name", "middle_initial", "last_name", "birth_on", "sex", "can_be_pregnant", "phone", "email", "may_email", "text_consent",
    "address", "time_zone", "language", "usual_way_home", "allergies",
)  # fmt: skip


@transaction.atomic
def register_patient(*, site: Site, fields: Mapping[str, Any], client_key: UUID | None = None, by: User, now: datetime) -> Patient:
    """Add a patient to a site. `fields` are those of FIELDS. The page's key becomes their `uid`, so that a repeated post returns the first one's.

    Raises Refused for a name or birth date that can't be, and for an MRN that the site has already.
    """
    if earlier := registered_before(site, client_key):
        return earlier
    check_identity(fields, site, now)
    patient = Patient(site=site, created_at=now, created_by=by, uid=client_key or uuid4(), **folded(fields))
    try:
        with transaction.atomic():
            keep_apart(site, patient.mrn)
            patient.save(force_insert=True)
    except IntegrityError as error:
        if earlier := registered_before(site, client_key):
            return earlier
        raise mrn_taken() from error
    keep_answers(patient, changed=CHANNELS, by=by, now=now)
    audit.record(action="patient.registered", target=patient, by=by, now=now, site=site, patient_pk=patient.pk)
    return patient


def registered_before(site: Site, client_key: UUID | None) -> Patient | None:
    """Whom an earlier post with this key registered here."""
    return Patient.objects.filter(site=site, uid=client_key).first() if client_key is not None else None


@transaction.atomic
def edit_patient(patient: Patient, *, fields: Mapping[str, Any], opened: Mapping[str, str] | None = None, by: User, now: datetime) -> Patient:
    """Change what was typed. The audit entry names the changed fields, never their values.

    `opened` is what the page showed: a field that somebody else changed since raises Changed. Raises Refused as `register_patient`.
    """
    row = locked(patient)
    fields = merged(row, {name: fields[name] for name in FIELDS if name in fields}, opened)
    check_identity(fields, row.site, now)
    try:
        with transaction.atomic():
            keep_apart(row.site, fields.get("mrn", row.mrn), other_than=row.pk)
            changed = set_changed(row, folded(fields))
    except IntegrityError as error:
        raise mrn_taken() from error
    if changed:
        keep_answers(row, changed=changed, by=by, now=now)
        audit.record(action="patient.edited", target=row, by=by, now=now, site=row.site, patient_pk=row.pk, changes={"fields": changed})
    return row


def mrn_taken() -> Refused:
    return refuse("PRE-5", "This site already has a patient with that MRN.", code="patient.mrn", field="mrn")


def keep_apart(site: Site, mrn: str, other_than: int | None = None) -> None:
    """What the constraints don't see while some rows are sealed by another key, or not yet. Raises as they do."""
    if mrn_is_taken(site, mrn, other_than=other_than):
        raise IntegrityError("patient_mrn_once_per_site")


def check_identity(fields: Mapping[str, Any], site: Site, now: datetime) -> None:
    problems = {field: name_problem(fields[field]) for field in ("first_name", "last_name")}
    problems["birth_on"] = birth_problem(fields["birth_on"], today_of(site, now))
    refuse_fields("PRE-5", {field: text for field, text in problems.items() if text})


def folded(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with the name as it is searched and sorted on."""
    name = folded_name(fields["last_name"], fields["first_name"], fields.get("middle_initial", ""))
    return {**{field: fields[field] for field in FIELDS if field in fields}, "name_folded": name}


@transaction.atomic
def change_status(patient: Patient, *, status: str, reason: str, opened: Mapping[str, str] | None = None, by: User, now: datetime) -> Patient:
    """Active, paused, ended or deceased (PAT-7); messages ask it again at the moment of sending.

    Raises Refused without a reason, Changed when somebody else changed it meanwhile.
    """
    row = locked(patient)
    status = merged(row, {"status": status}, opened)["status"]
    refuse_fields("PAT-7", status_problem(old=row.status, new=status, reason=reason))
    old, row.status, row.status_changed_at = row.status, status, now
    row.status_reason = reason
    row.save(update_fields=["status", "status_reason", "status_changed_at"])
    changes = {"status": f"{old} -> {status}"}
    audit.record(action="patient.status_changed", target=row, by=by, now=now, site=row.site, patient_pk=row.pk, changes=changes)
    return row


@transaction.atomic
def save_contact(
    patient: Patient,
    *,
    contact: Contact | None,
    fields: Mapping[str, Any],
    client_key: UUID | None = None,
    opened: Mapping[str, str] | None = None,
    by: User,
    now: datetime,
) -> Contact:
    """Add a contact of the patient (`contact` is None) or change one; one that is no longer to be used is set inactive, never deleted."""
    row = locked(patient)
    if contact is None:
        if earlier := posted_before(Contact, row, client_key):
            return earlier
        contact = Contact.objects.create(site=row.site, patient=row, client_key=client_key or uuid4(), **fields)
        audit.record(action="contact.added", target=contact, by=by, now=now, site=row.site, patient_pk=row.pk)
        drivers.heed_change(contact, ["may_text"] if contact.may_text else [], by=by, now=now)
        return contact
    contact = locked(contact)
    changed = set_changed(contact, merged(contact, fields, opened))
    if changed:
        audit.record(action="contact.edited", target=contact, by=by, now=now, site=row.site, patient_pk=row.pk, changes={"fields": changed})
    drivers.heed_change(contact, changed, by=by, now=now)
    return contact
