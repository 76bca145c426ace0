"""Decide how a course goes on after a missed or held visit (DOS-6)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.notices import resolve_notices
from clinic.findings import Refused, refuse
from clinic.models import Membership
from clinic.queries import today_at
from clinic.roles import Permission, may
from patients.actions.course import end_course
from sessions.actions.facts import new_fact, same_post
from sessions.actions.life import locked
from sessions.models import NextStep, TreatmentSession
from sessions.queries.next_step import MAY_DECIDE, NEXT_NOTICE, decided, position_of
from sessions.rules.next_step import END, decision_findings
from sessions.states import Status


@transaction.atomic
def decide_next(session: TreatmentSession, *, choice: str, reason: str, client_key: UUID, by: Membership, now: datetime) -> NextStep:
    """Keep one decision; ending the course cancels its orders with it. Visits stay where they are until somebody accepts another place.

    Raises Refused for a visit that took place, for what only a prescriber decides, and for a change of mind without a reason.
    """
    row = locked(session)
    earlier = same_post(NextStep, client_key, row)
    if earlier is not None:
        return earlier
    if row.status not in MAY_DECIDE:
        raise refuse("DOS-6", f"This session is {Status(row.status).label.lower()}: there is nothing to decide.", code="DOS-6.state")
    why, before = reason.strip()[:300], decided(row)
    phase = position_of(row.course, today_at(row.site, now)).phase
    found = decision_findings(choice=choice, phase=phase, reason=why, is_prescriber=may(by.role, Permission.PRESCRIBE))
    if found:
        raise Refused(found)
    if before is not None and not why:
        raise refuse("DOS-6", "It was decided otherwise before: say why this is changed.", code="DOS-6.again", field="reason")
    if before is not None and before.choice == END:
        raise refuse("DOS-6", "The course has ended. A prescriber opens another one first.", code="DOS-6.ended", field="choice")
    if choice == END:
        end_course(row.course, reason=why, by=by, now=now)
    made = new_fact(
        NextStep, row, observed_at=now, by=by.user, now=now, client_key=client_key, choice=choice, reason=why, supersedes=before
    )  # fmt: skip
    resolve_notices(row.site, NEXT_NOTICE, row, "It is decided.", now)
    audit.record(action="session.next_step", target=row, by=by.user, now=now, site=row.site, patient_pk=row.patient_id, changes={"choice": choice})
    return made
