"""Two charts exchanged: each record is entered again in a new session of its own patient, in one transaction and by two people (OUT-4, MON-7)."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.findings import Refused
from clinic.models import Membership, User
from sessions.actions.early import Signer
from sessions.actions.reentry import follow, locked_both, move_facts
from sessions.models import TreatmentSession
from sessions.rules.voiding import swap_findings, void_findings
from sessions.states import Status

# The visit as it was planned for this patient; what was lived under it belongs to the other one.
PLAN = (
    "site_id", "patient_id", "course_id", "order_id", "chair_id", "policy_id", "protocol_code", "protocol_version", "setting", "planned_dose_mg",
    "treatment_on", "starts_at", "ends_at", "way_home", "escort_id", "ride_at", "confirmed_at",
)  # fmt: skip


@transaction.atomic
def swap(
    session: TreatmentSession, other: TreatmentSession, *, reason: str, second: Signer | None, by: User, membership: Membership, now: datetime
) -> tuple[TreatmentSession, TreatmentSession]:
    """Exchange two records. Doing it twice has one effect; returns the new sessions that hold what stood in `session`, and in `other`.

    Raises Refused without a reason or another person, and for two that can't be exchanged (sessions.rules.voiding). The facts of
    both are moved before anything is judged: neither patient is dosed twice on that day.
    """
    one, two = locked_both(session, other)
    if (done := swapped_already(one, two)) is not None:
        return done
    is_same = second is not None and second.proof.user.pk == by.pk
    found = void_findings(reason=reason, has_devices=True, has_second=second is not None, is_same_person=is_same)
    found += swap_findings(
        is_same_patient=one.patient_id == two.patient_id, days=(one.treatment_on, two.treatment_on), statuses=(one.status, two.status)
    )
    if found:
        raise Refused(found)
    assert second is not None
    pairs = ((one, planned_again(two, by=by, now=now)), (two, planned_again(one, by=by, now=now)))
    moved = [move_facts(source, right, reason=reason, by=by, now=now) for source, right in pairs]
    for (source, right), facts in zip(pairs, moved, strict=True):
        follow(source, right, facts, reason=reason, second=second, by=by, membership=membership, now=now)
    return pairs[0][1], pairs[1][1]


def swapped_already(one: TreatmentSession, two: TreatmentSession) -> tuple[TreatmentSession, TreatmentSession] | None:
    """The two sessions that an earlier, identical act made."""
    made = (one.replaced_by, two.replaced_by)
    if made[0] is None or made[1] is None or (made[0].patient_id, made[1].patient_id) != (two.patient_id, one.patient_id):
        return None
    return made[0], made[1]


def planned_again(session: TreatmentSession, *, by: User, now: datetime) -> TreatmentSession:
    """A new session with this one's plan: its slot is free a moment later, in the same transaction."""
    plan = {name: getattr(session, name) for name in PLAN}
    made = TreatmentSession.objects.create(**plan, status=Status.BOOKED, booked_at=now, booked_by=by)
    audit.record(
        action="session.swapped", target=made, by=by, now=now, site=session.site, patient_pk=session.patient_id, changes={"instead_of": session.pk}
    )
    return made
