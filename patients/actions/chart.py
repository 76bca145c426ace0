"""Medicines, antidepressant trials and a patient's own limits (PAT-2, PAT-6, PAT-8)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from clinic import audit
from clinic.actions.merging import merged
from clinic.findings import refuse
from clinic.models import Membership, User
from patients.actions.authority import require_prescriber
from patients.actions.writing import locked, posted_before, refuse_fields, set_changed, today_of
from patients.models import AntidepressantTrial, Medicine, Patient, StandingParameters
from patients.rules.protocol import REMS_ESKETAMINE
from patients.rules.standing import RANGES, standing_problems


@transaction.atomic
def add_medicine(patient: Patient, *, fields: Mapping[str, Any], client_key: UUID | None = None, by: User, now: datetime) -> Medicine:
    """A medicine that the patient takes or took (PAT-6). Raises Refused for a start to come. A repeated key returns the first one's row."""
    row = locked(patient)
    if earlier := posted_before(Medicine, row, client_key):
        return earlier
    started_on = fields.get("started_on")
    if started_on is not None and started_on > today_of(row.site, now):
        raise refuse("PAT-6", "This date lies in the future.", field="started_on")
    medicine = Medicine.objects.create(site=row.site, patient=row, recorded_at=now, recorded_by=by, client_key=client_key, **fields)
    changes = {"medicine_class": medicine.medicine_class}
    audit.record(action="medicine.added", target=medicine, by=by, now=now, site=row.site, patient_pk=row.pk, changes=changes)
    return medicine


@transaction.atomic
def stop_medicine(medicine: Medicine, *, stopped_on: date, by: User, now: datetime) -> Medicine:
    """The patient no longer takes it from that day on. Raises Refused for a day to come, before the start, or stopped already."""
    row = locked(medicine)
    if row.stopped_on is not None:
        raise refuse("PAT-6", "This medicine was stopped already.", code="PAT-6.stopped")
    if stopped_on > today_of(row.site, now):
        raise refuse("PAT-6", "This date lies in the future.", field="stopped_on")
    if row.started_on is not None and stopped_on < row.started_on:
        raise refuse("PAT-6", "A medicine can't stop before it started.", field="stopped_on")
    row.stopped_on = stopped_on
    row.save(update_fields=["stopped_on"])
    changes = {"stopped_on": stopped_on.isoformat()}
    audit.record(action="medicine.stopped", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    return row


@transaction.atomic
def save_trial(
    patient: Patient,
    *,
    trial: AntidepressantTrial | None,
    fields: Mapping[str, Any],
    client_key: UUID | None = None,
    opened: Mapping[str, str] | None = None,
    by: User,
    now: datetime,
) -> AntidepressantTrial:
    """Add an antidepressant trial (`trial` is None) or put one right (PAT-2). Raises Changed as `edit_patient`."""
    row = locked(patient)
    if trial is None:
        if earlier := posted_before(AntidepressantTrial, row, client_key):
            return earlier
        trial = AntidepressantTrial.objects.create(site=row.site, patient=row, recorded_at=now, recorded_by=by, client_key=client_key, **fields)
        audit.record(action="trial.added", target=trial, by=by, now=now, site=row.site, patient_pk=row.pk)
        return trial
    trial = locked(trial)
    changed = set_changed(trial, merged(trial, fields, opened))
    if changed:
        audit.record(action="trial.edited", target=trial, by=by, now=now, site=row.site, patient_pk=row.pk, changes={"fields": changed})
    return trial


@transaction.atomic
def set_standing_parameters(
    patient: Patient, *, fields: Mapping[str, Any], client_key: UUID | None = None, by: Membership, now: datetime
) -> StandingParameters:
    """A prescriber's own limits for one patient, with reason and end (PAT-8). The newest in force counts.

    mmHg, percent and minutes. Raises Refused for a non-prescriber and for limits that can't be.
    """
    require_prescriber(by, "PAT-8")
    row = locked(patient)
    if earlier := posted_before(StandingParameters, row, client_key):
        return earlier
    values = {name: fields.get(name) for name in RANGES}
    least = int(REMS_ESKETAMINE.minimum_watch.total_seconds() // 60)
    problems = standing_problems(
        values=values, from_on=fields["from_on"], until_on=fields["until_on"], today=today_of(row.site, now), minimum_watch_minutes=least
    )
    refuse_fields("PAT-8", problems)
    made = StandingParameters.objects.create(site=row.site, patient=row, set_at=now, set_by=by.user, client_key=client_key or uuid4(), **fields)
    changes = {name: value for name, value in values.items() if value is not None} | {"until_on": made.until_on.isoformat()}
    audit.record(action="standing.set", target=made, by=by.user, now=now, site=row.site, patient_pk=row.pk, changes=changes)
    return made


@transaction.atomic
def end_standing_parameters(standing: StandingParameters, *, by: Membership, now: datetime) -> StandingParameters:
    """They hold no longer, from now on. Raises Refused for a non-prescriber or when they were ended already."""
    require_prescriber(by, "PAT-8")
    row = locked(standing)
    if row.ended_at is not None:
        raise refuse("PAT-8", "These were ended already.", code="PAT-8.ended")
    row.ended_at, row.ended_by = now, by.user
    row.save(update_fields=["ended_at", "ended_by"])
    audit.record(action="standing.ended", target=row, by=by.user, now=now, site=row.site, patient_pk=row.patient_id)
    return row
