"""A device that failed is a product complaint: a task until the maker has been told (DOS-2)."""

from datetime import datetime, timedelta

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.findings import refuse
from clinic.models import User
from sessions.actions.life import locked
from sessions.models import DeviceUse, TreatmentSession
from sessions.queries.complaints import COMPLAINT, open_complaints

TELL_WITHIN = timedelta(days=1)
MOST = 80


def heed_failure(session: TreatmentSession, device: DeviceUse, now: datetime) -> None:
    """A failed device opens its task, one that is corrected or taken back closes it; inside the caller's transaction and lock."""
    number = str(device.number)
    if device.has_failed and not device.is_withdrawn:
        text = f"Device {number} failed: keep it, and tell the maker (product complaint)."
        raise_notice(session.site, COMPLAINT, "DOS-2", session, text, now, due_at=now + TELL_WITHIN, owner=session.monitor, discriminator=number)
    else:
        resolve_notices(session.site, COMPLAINT, session, "The device had not failed.", now, discriminator=number)


@transaction.atomic
def report_complaint(session: TreatmentSession, *, number: int, reference: str, by: User, now: datetime) -> None:
    """The maker has been told of a failed device; `reference` is the number or name they gave. Raises Refused without one.

    Twice has the effect of once. It is no fact of the treatment: it can be done after the discharge too.
    """
    row = locked(session)
    if not reference.strip():
        raise refuse("DOS-2", "Write down the maker's reference, or who took the call.", code="DOS-2.reference", field="reference")
    if number not in open_complaints(row):
        return
    how = f"The maker was told: {reference.strip()[:MOST]}"
    resolve_notices(row.site, COMPLAINT, row, how, now, discriminator=str(number))
    audit.record(
        action="device.complaint_reported", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes={"device": number}
    )  # fmt: skip
