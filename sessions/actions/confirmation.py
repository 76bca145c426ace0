"""The patient says that they come to this slot; a link of an old slot can never answer for the new one."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.findings import refuse
from sessions.models import TreatmentSession
from sessions.states import Status


@transaction.atomic
def confirm_visit(*, session_uid: UUID, slot_version: int, now: datetime) -> TreatmentSession:
    """Keep that the patient confirmed by their own link. Twice has the effect of once.

    Raises Refused when the visit was moved, cancelled or has begun since the link was made.
    """
    session = TreatmentSession.objects.select_for_update(of=("self",)).select_related("site").get(uid=session_uid)
    if session.status != Status.BOOKED or session.slot_version != slot_version:
        raise refuse("MSG-5", "This visit has changed since the message was sent.", code="visit.changed")
    if session.confirmed_at is None:
        session.confirmed_at = now
        session.save(update_fields=["confirmed_at"])
        audit.record(
            action="session.confirmed_by_patient", target=session, by=None, now=now, site=session.site, patient_pk=session.patient_id,
            changes={"slot_version": slot_version},
        )  # fmt: skip
    return session
