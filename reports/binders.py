"""The audit binder as an export: by a worker, with progress, a cancel button and an end; in the ledger as all that leaves the site."""

from collections.abc import Mapping
from datetime import date
from typing import Any, BinaryIO

from clinic.models import AuditorGrant
from clinic.roles import Permission
from patients.models import Patient
from reports.binder import make_binder
from reports.kinds import Built, Kind, Progress
from reports.models import Export
from reports.queries.binder import Scope, of_grant, of_patient, of_range


def scope_of(export: Export) -> Scope:
    """The sessions that the filters name, as they stand now. Raises LookupError for a patient or an access that isn't the site's."""
    given = export.filters
    if "grant" in given:
        grant = AuditorGrant.objects.filter(site=export.site, pk=given["grant"]).select_related("site").first()
        if grant is None:
            raise LookupError("No such access.")
        return of_grant(grant)
    if "patient" not in given:
        return of_range(export.site, *(date.fromisoformat(given[name]) for name in ("first", "last")))
    patient = Patient.objects.filter(site=export.site, pk=given["patient"]).first()
    if patient is None:
        raise LookupError("No such patient.")
    return of_patient(export.site, patient, export.asked_at)


def words(filters: Mapping[str, Any]) -> str:
    if "grant" in filters:
        return f"Audit binder of the sessions of auditor’s access {filters['grant']}"
    if "patient" in filters:
        return f"Audit binder of patient {filters['patient']}, every session"
    return f"Audit binder · {date.fromisoformat(filters['first']):%-d %b %Y} to {date.fromisoformat(filters['last']):%-d %b %Y}"


def build(export: Export, into: BinaryIO, progress: Progress) -> Built:
    made = make_binder(lambda: scope_of(export), into, progress=progress)
    given = export.filters
    whose = next((f"{word}-{given[word]}" for word in ("grant", "patient") if word in given), None) or f"{given['first']}-{given['last']}"
    return Built(f"{export.site.slug}-binder-{whose}.zip", "application/zip", made.sessions, patient_pk=given.get("patient"))


KIND = Kind("binder", Permission.EXPORT, words, build)
