"""Leaving early: the one way past MON-1 and OUT-1, by a reason and two signatures, every finding kept (OUT-3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from clinic.findings import Finding, Refused, refuse, standing_in_the_way
from clinic.models import Membership, Signature
from clinic.roles import PRESCRIBING, Permission, may
from clinic.signatures import IdentityProof, sign
from sessions.actions.facts import same_post
from sessions.actions.leaving import end_the_watch, sign_off_findings
from sessions.actions.life import locked_picture
from sessions.actions.safety_calls import owe_call
from sessions.models import Discharge, Override, TreatmentSession
from sessions.models.exceptions import Gate
from sessions.queries.leaving import stale_findings
from sessions.rules.early import early_findings, second_findings
from sessions.signed_seconds import EARLY as SCHEMA
from sessions.states import Status


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A person who has just proved who they are, in their place at the site."""

    proof: IdentityProof
    membership: Membership


@dataclass(frozen=True, kw_only=True)
class Early:
    """Why the patient leaves now, and what both signers saw: the keys of the findings, the version of the record."""

    reason: str
    shown: Collection[str]
    version: str | None = None


@transaction.atomic
def discharge_early(session: TreatmentSession, *, early: Early, signer: Signer, second: Signer, client_key: UUID, now: datetime) -> Discharge:
    """Sign the patient out past an unmet item or before the time, by two people (OUT-3).

    Raises Refused for what OUT-3 can't pass (MON-3, MON-6, OUT-2, what nobody has asked), for a finding that the page didn't
    show, without a reason, and for a second person who is the same or no prescriber. Then nothing is written.
    """
    picture = locked_picture(session)
    row = picture.session
    if earlier := same_post(Discharge, client_key, row):
        return earlier
    if row.status != Status.MONITORING:
        raise refuse("SESSION", f"This session is {Status(row.status).label.lower()}; it can't be discharged.", code="session.not_monitoring")
    in_the_way = standing_in_the_way(sign_off_findings(picture, signer.membership, now), picture.decided("discharge"))
    refusals = stale_findings(picture, early.version) or early_findings(in_the_way, shown=early.shown, reason=early.reason)
    refusals = refusals or second_findings(
        is_same_person=signer.proof.user.pk == second.proof.user.pk, is_prescriber=is_prescriber(second.membership)
    )
    if refusals:
        raise Refused(refusals)
    made = Discharge.objects.create(
        site_id=row.site_id, session=row, readiness=picture.readiness_checks[-1], discharged_at=now, discharged_by=signer.proof.user, recorded_at=now,
        is_early=True, early_reason=early.reason.strip()[:300], second_signer=second.proof.user, client_key=client_key,
    )  # fmt: skip
    keep_passed(made, in_the_way)
    for one, meaning in ((signer, Signature.Meaning.EARLY), (second, Signature.Meaning.DECISION)):
        sign(
            site=row.site, membership=one.membership, proof=one.proof, meaning=meaning, target_kind="discharge", target_pk=made.pk, schema=SCHEMA, now=now
        )  # fmt: skip
    end_the_watch(row, by=signer.proof.user, now=now)
    if any(finding.key.startswith("OUT-1.suicide_risk") for finding in in_the_way):
        owe_call(row, "early", by=signer.proof.user, now=now)
    return made


def is_prescriber(membership: Membership) -> bool:
    """Who may decide at this site, with a credential that prescribes (SET-10)."""
    return may(membership.role, Permission.DECIDE) and membership.credential in PRESCRIBING


def keep_passed(discharge: Discharge, findings: list[Finding]) -> None:
    """One decision of the second signer beside each finding that was gone past, so that reports can list them."""
    Override.objects.bulk_create(
        Override(
            site_id=discharge.site_id, session_id=discharge.session_id, gate=Gate.DISCHARGE, rule=finding.rule, finding=finding.key[:60],
            text=finding.text[:300], reason=discharge.early_reason, decided_at=discharge.recorded_at, decided_by=discharge.second_signer,
            discharge=discharge, client_key=uuid4(),
        )
        for finding in findings
    )  # fmt: skip
