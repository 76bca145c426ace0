"""What a payer granted: added, and put right by a new row; never edited. How much is used is derived (sessions.queries.authorisations)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.models import User
from patients.actions.facts import correction
from patients.actions.writing import locked, posted_before, refuse_fields
from patients.models import Authorisation, Patient
from patients.rules.intake import authorisation_problems


@transaction.atomic
def record_authorisation(
    patient: Patient,
    *,
    fields: Mapping[str, Any],
    supersedes: Authorisation | None = None,
    reason: str = "",
    client_key: UUID,
    by: User,
    now: datetime,
) -> Authorisation:
    """Payer, number, sessions granted, dates. Name the row that it puts right, with a reason; a renewal is a row of its own.

    Raises Refused for numbers and dates that can't be, and for a row that somebody put right meanwhile.
    """
    row = locked(patient)
    if earlier := posted_before(Authorisation, row, client_key):
        return earlier
    refuse_fields("PAT-2", authorisation_problems(sessions=fields["sessions_granted"], from_on=fields["from_on"], until_on=fields["until_on"]))
    made = Authorisation(
        site=row.site,
        patient=row,
        client_key=client_key,
        observed_at=now,
        recorded_at=now,
        recorded_by=by,
        **fields,
        **correction(supersedes, reason),
    )
    made.save(force_insert=True)
    act = "authorisation.corrected" if supersedes is not None else "authorisation.recorded"
    changes = {"sessions_granted": made.sessions_granted, "from_on": made.from_on.isoformat(), "until_on": made.until_on.isoformat()}
    audit.record(action=act, target=made, by=by, now=now, site=row.site, patient_pk=row.pk, changes=changes)
    return made
