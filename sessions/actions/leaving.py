"""Leaving: readiness item by item, the signed discharge, and what is added afterwards (OUT-1, OUT-2)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.notices import resolve_notices
from clinic.findings import Finding, Refused, refuse, standing_in_the_way
from clinic.models import Membership, Signature, User
from clinic.signatures import IdentityProof, sign
from patients.models import Contact
from sessions.actions.facts import new_fact, require_open, require_time, same_post
from sessions.actions.life import locked, locked_picture, move
from sessions.models import Addendum, Discharge, ReadinessCheck, TreatmentSession
from sessions.picture import Picture
from sessions.queries.leaving import gate_of_discharge, stale_findings
from sessions.queries.screening import SUICIDE_NOTICE
from sessions.rules.readiness import BY_ID, OTHER_TAKER, SCHEMA, hand_off, signer_findings
from sessions.signed_content import SCHEMA as ADDENDUM_SCHEMA
from sessions.signed_seconds import USUAL as DISCHARGE_SCHEMA
from sessions.states import DOSED, Status


@transaction.atomic
def record_readiness(
    session: TreatmentSession, *, answers: Mapping[str, str], observed_at: datetime, client_key: UUID, by: User, now: datetime
) -> ReadinessCheck:
    """Keep one round of readiness answers by item id, met or not (OUT-1); the gate is asked at the discharge."""
    row = locked(session)
    if earlier := same_post(ReadinessCheck, client_key, row):
        return earlier
    require_open(row)
    require_time(observed_at, now)
    kept = {item: answer for item, answer in answers.items() if item in BY_ID and answer}
    if not kept:
        raise refuse("OUT-1", "Answer at least one item.", code="OUT-1.empty")
    kept |= hand_off(answers)
    require_own_taker(row, kept.get("taken_by", ""))
    made = new_fact(ReadinessCheck, row, observed_at=observed_at, by=by, now=now, client_key=client_key, schema=SCHEMA, answers=kept)
    audit.record(
        action="readiness.recorded",
        target=made,
        by=by,
        now=now,
        site=row.site,
        patient_pk=row.patient_id,
        changes={"session": row.pk, "answered": len(kept)},
    )
    return made


def require_own_taker(row: TreatmentSession, taken_by: str) -> None:
    """Who took the patient is one of their own people, or is named."""
    if taken_by not in ("", OTHER_TAKER) and not Contact.objects.filter(pk=int(taken_by), patient_id=row.patient_id).exists():
        raise refuse("OUT-1", "That contact belongs to another patient.", code="OUT-1.contact", field="taken_by")


def sign_off_findings(picture: Picture, membership: Membership, now: datetime) -> list[Finding]:
    """Everything that stands in the way of this person's signature now (MON-1, MON-3, MON-6, OUT-1, OUT-2)."""
    who = signer_findings(credential=membership.credential, signing_credentials=picture.policy.signing_credentials)
    return who + gate_of_discharge(picture, now)


@transaction.atomic
def discharge(
    session: TreatmentSession, *, proof: IdentityProof, membership: Membership, client_key: UUID, now: datetime, shown: str | None = None
) -> Discharge:
    """Sign the patient out (OUT-2). The gate is asked in this transaction, by what is recorded at this moment; `shown` is the version on the page.

    Raises Refused with every finding in the way; then nothing is written. Leaving early is another act: `sessions.actions.early` (OUT-3).
    """
    picture = locked_picture(session)
    row = picture.session
    if earlier := same_post(Discharge, client_key, row):
        return earlier
    if row.status != Status.MONITORING:
        raise refuse("SESSION", f"This session is {Status(row.status).label.lower()}; it can't be discharged.", code="session.not_monitoring")
    in_the_way = standing_in_the_way(sign_off_findings(picture, membership, now), picture.decided("discharge"))
    in_the_way = in_the_way or stale_findings(picture, shown)
    if in_the_way:
        raise Refused(in_the_way)
    made = Discharge.objects.create(
        site_id=row.site_id,
        session=row,
        readiness=picture.readiness_checks[-1],
        discharged_at=now,
        discharged_by=proof.user,
        recorded_at=now,
        client_key=client_key,
    )
    sign(
        site=row.site,
        membership=membership,
        proof=proof,
        meaning=Signature.Meaning.DISCHARGE,
        target_kind="discharge",
        target_pk=made.pk,
        schema=DISCHARGE_SCHEMA,
        now=now,
    )
    end_the_watch(row, by=proof.user, now=now)
    return made


def end_the_watch(row: TreatmentSession, *, by: User, now: datetime) -> None:
    """The signed way out of the house."""
    resolve_notices(row.site, SUICIDE_NOTICE, row, "The patient was discharged.", now)
    move(row, Status.DISCHARGED, by=by, now=now)


@transaction.atomic
def add_addendum(
    session: TreatmentSession,
    *,
    text: str,
    reason: str,
    observed_at: datetime,
    proof: IdentityProof,
    membership: Membership,
    client_key: UUID,
    now: datetime,
) -> Addendum:
    """Add to a record that is closed: signed on its own; the discharge's signature stays as it was (OUT-2)."""
    row = locked(session)
    if earlier := same_post(Addendum, client_key, row):
        return earlier
    if row.status not in (*DOSED, Status.HELD) or row.status in (Status.DOSING, Status.MONITORING):
        raise refuse("OUT-2", "This session is still open: record it where it belongs.", code="OUT-2.open")
    require_time_of_addendum(observed_at, now)
    if not text.strip() or not reason.strip():
        raise refuse("OUT-2", "Say what you add, and why it comes later.", code="OUT-2.text", field="reason" if text.strip() else "text")
    made = new_fact(Addendum, row, observed_at=observed_at, by=proof.user, now=now, client_key=client_key, text=text.strip(), reason=reason.strip())
    sign(
        site=row.site,
        membership=membership,
        proof=proof,
        meaning=Signature.Meaning.ADDENDUM,
        target_kind="addendum",
        target_pk=made.pk,
        schema=ADDENDUM_SCHEMA,
        now=now,
    )
    audit.record(action="addendum.added", target=made, by=proof.user, now=now, site=row.site, patient_pk=row.patient_id, changes={"session": row.pk})
    return made


def require_time_of_addendum(observed_at: datetime, now: datetime) -> None:
    """An addendum may come days later, never before it happened."""
    if observed_at > now:
        raise refuse("MON-7", "That time hasn't come yet.", code="MON-7.future", field="observed_at")
