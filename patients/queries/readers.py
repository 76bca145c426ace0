"""Who has looked at a patient's record, and who has changed it: one line a person, from the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from clinic.models import AuditEntry
from clinic.queries.audit_filters import DENIED, READ
from patients.models import Patient


@dataclass(frozen=True)
class Reader:
    """`pk` None: the app itself."""

    pk: int | None
    name: str
    reads: int
    changes: int
    refused: int
    first_at: datetime
    last_at: datetime


def readers_of(patient: Patient) -> list[Reader]:
    """The latest first. A read is noted once per person, record and quarter of an hour."""
    touched = AuditEntry.objects.filter(site_id=patient.site_id).filter(
        Q(patient_pk=patient.pk) | Q(DENIED, target_kind="patient", target_pk=str(patient.pk))
    )
    people = touched.order_by().values("actor_id", "actor__printed_name").annotate(
        reads=Count("pk", filter=READ), refused=Count("pk", filter=DENIED), changes=Count("pk", filter=~READ & ~DENIED),
        first_at=Min("happened_at"), last_at=Max("happened_at"),
    )  # fmt: skip
    return [
        Reader(
            row["actor_id"],
            row["actor__printed_name"] or "The app itself",
            row["reads"],
            row["changes"],
            row["refused"],
            row["first_at"],
            row["last_at"],
        )
        for row in people.order_by("-last_at", "actor_id")
    ]
