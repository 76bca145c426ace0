"""A prescriber has seen the patient about the suicide risk: before the dose, in the watch, or at leaving (PRE-4, OUT-1)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.notices import resolve_notices
from clinic.findings import refuse
from clinic.models import User
from sessions.actions.facts import same_post
from sessions.actions.life import locked
from sessions.models import Override, TreatmentSession
from sessions.models.exceptions import Gate
from sessions.queries.screening import SEEN, SUICIDE_NOTICE
from sessions.states import OPEN, Status


@transaction.atomic
def see_patient(session: TreatmentSession, *, note: str, client_key: UUID, by: User, now: datetime) -> Override:
    """Keep what the prescriber found, and let the positive screen rest. The caller has asked for the right to decide.

    Raises Refused without a note, and for a session that hasn't begun or is over.
    """
    row = locked(session)
    if earlier := same_post(Override, client_key, row):
        return earlier
    if row.status not in OPEN:
        raise refuse("PRE-4", f"This session is {Status(row.status).label.lower()}.", code="seen.state")
    if not note.strip():
        raise refuse("PRE-4", "Write a note: what you found and decided.", code="PRE-4.note", field="note")
    gate = Gate.DISCHARGE if row.status in (Status.DOSING, Status.MONITORING) else Gate.CLEAR
    made = Override.objects.create(
        site=row.site, session=row, gate=gate, rule="PRE-4", finding=SEEN, text="Suicide risk: the prescriber saw the patient.",
        reason=note.strip()[:300], decided_at=now, decided_by=by, client_key=client_key,
    )  # fmt: skip
    resolve_notices(row.site, SUICIDE_NOTICE, row, "The prescriber saw the patient.", now)
    audit.record(
        action="session.patient_seen", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"gate": gate, "rule": "PRE-4", "finding": SEEN},
    )  # fmt: skip
    return made
