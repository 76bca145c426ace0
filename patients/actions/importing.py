"""Write the patients of a checked sheet: all of them or none."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import Site, User
from patients.actions.messaging import How, answers_of
from patients.importing import Sheet
from patients.models import MessageConsent, Patient


@transaction.atomic
def import_patients(site: Site, *, sheet: Sheet, content: bytes, by: User, now: datetime) -> list[int]:
    """Add every patient of a sheet without faults; their pks. One audit entry names them all and the file's SHA-256.

    Raises Refused when the sheet has faults, or when an MRN was taken since it was checked.
    """
    if not sheet.is_good:
        raise refuse("PRE-5", "Nothing was imported: the file has faults.", code="import.faults", field="file")
    try:
        with transaction.atomic():
            made = Patient.objects.bulk_create(patients_in(site, sheet.rows, by, now), batch_size=500)
    except IntegrityError as error:
        raise refuse("PRE-5", "Nothing was imported: an MRN was taken meanwhile. Check the file again.", code="import.race", field="file") from error
    MessageConsent.objects.bulk_create([row for patient in made for row in answers_of(patient, how=How.IMPORTED, by=by, now=now)], batch_size=500)
    pks = sorted(patient.pk for patient in made)
    changes = {"count": len(pks), "patients": ranges(pks), "file_sha256": hashlib.sha256(content).hexdigest()}
    audit.record(action="patient.imported", target=site, by=by, now=now, site=site, changes=changes)
    return pks


def patients_in(site: Site, rows: Iterable[dict[str, Any]], by: User, now: datetime) -> list[Patient]:
    return [Patient(site=site, created_at=now, created_by=by, **row) for row in rows]


def ranges(pks: Sequence[int]) -> str:
    """Rising pks in short: "4-9, 12"."""
    spans: list[list[int]] = []
    for pk in pks:
        if spans and pk == spans[-1][1] + 1:
            spans[-1][1] = pk
        else:
            spans.append([pk, pk])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
