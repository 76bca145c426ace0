"""Voiding a session: kept, counted nowhere; its slot is free, its forms are void, and the REMS is told where one was sent (OUT-4, PMF-1)."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.findings import Refused, refuse
from clinic.models import Notice, User
from sessions.actions.alerts import end
from sessions.actions.booking import next_version
from sessions.actions.early import Signer
from sessions.actions.forms import void_forms
from sessions.actions.life import locked, move
from sessions.actions.safety_calls import drop_call, same_day
from sessions.models import Alert, DeviceUse, TreatmentSession
from sessions.queries.forgotten import FORGOTTEN_NOTICE
from sessions.queries.leaving import UNSIGNED
from sessions.queries.screening import SUICIDE_NOTICE
from sessions.queries.voiding import TELL_REMS
from sessions.rules.voiding import void_findings
from sessions.states import Status

OF_THE_SESSION = ("check_overdue", SUICIDE_NOTICE, UNSIGNED, FORGOTTEN_NOTICE)


@transaction.atomic
def void_session(session: TreatmentSession, *, reason: str, second: Signer | None, by: User, now: datetime) -> TreatmentSession:
    """Wrong patient, duplicate, by mistake: all of it stays on record and counts nowhere. Voiding twice has the effect of once.

    Raises Refused without a reason, and without another person where devices are on record (OUT-4).
    """
    row = locked(session)
    if row.status == Status.VOIDED:
        return row
    has_devices = DeviceUse.objects.standing().filter(session=row).exists()
    is_same = second is not None and second.proof.user.pk == by.pk
    if found := void_findings(reason=reason, has_devices=has_devices, has_second=second is not None, is_same_person=is_same):
        raise Refused(found)
    make_void(row, reason=reason, second=second, by=by, now=now)
    return row


def make_void(
    row: TreatmentSession, *, reason: str, second: Signer | None, by: User, now: datetime, replaced_by: TreatmentSession | None = None
) -> None:
    """The voiding itself, over a locked session; what hung on it is settled with it."""
    was_told = void_forms(row, by=by, now=now)
    drop_call(row, "The session was voided.", by=by, now=now)
    for alert in Alert.objects.select_for_update(of=("self",)).filter(session=row, closed_at__isnull=True):
        end(alert, "The session was voided.", by=by, now=now)
    for kind in OF_THE_SESSION:
        resolve_notices(row.site, kind, row, "The session was voided.", now)
    also = {**next_version(row, now), "void_second": second.proof.user if second else None, "replaced_by": replaced_by}
    move(row, Status.VOIDED, by=by, now=now, reason=reason.strip()[:300], also=also)
    if second is not None:
        audit.record(action="session.seconded", target=row, by=second.proof.user, now=now, site=row.site, patient_pk=row.patient_id)
    if was_told:
        text = "A monitoring form of a voided session was sent: tell the REMS."
        raise_notice(row.site, TELL_REMS, "PMF-1", row, text, now, due_at=same_day(row, now))


@transaction.atomic
def tell_rems(session: TreatmentSession, *, note: str, by: User, now: datetime) -> None:
    """Somebody has told the REMS that the form is void: to whom and how. Raises Refused without saying it. Twice has one effect."""
    row = locked(session)
    if not note.strip():
        raise refuse("PMF-1", "Say whom you told, and how.", code="PMF-1.told", field="note")
    if not Notice.objects.filter(site=row.site, kind=TELL_REMS, target_pk=row.pk, resolved_at__isnull=True).exists():
        return
    resolve_notices(row.site, TELL_REMS, row, f"{by}: {note.strip()}", now)
    audit.record(action="rems.told", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id)
