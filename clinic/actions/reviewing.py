"""Sign that a stretch of the site's audit trail was reviewed."""

import uuid
from datetime import datetime

from django.db import transaction

from clinic import audit, chain
from clinic.actions.guessing import settle_guessing
from clinic.actions.writing import locked_site
from clinic.audit import chain_of
from clinic.findings import refuse
from clinic.models import AuditReview, Membership, Signature
from clinic.queries.reviews import entry_at, last_review
from clinic.signatures import IdentityProof, sign
from clinic.signed_content import REVIEW_KIND, REVIEW_SCHEMA

RULE = "SET-10"


def review_audit(membership: Membership, *, up_to: int, note: str, client_key: uuid.UUID, proof: IdentityProof, now: datetime) -> AuditReview:
    """Signed from the last review's end as far as `up_to`, once per key. Raises Refused where it was reviewed already or doesn't hold."""
    last = last_review(membership.site)
    known = (last.up_to_seq, last.up_to_hash) if last is not None else (0, "")
    verdict, _ = chain.walk(chain_of(membership.site), *known, up_to)
    return signed_review(membership, verdict, up_to=up_to, note=note, client_key=client_key, proof=proof, now=now)


@transaction.atomic
def signed_review(
    membership: Membership, verdict: chain.Verdict, *, up_to: int, note: str, client_key: uuid.UUID, proof: IdentityProof, now: datetime
) -> AuditReview:
    site = locked_site(membership.site)
    again = AuditReview.objects.filter(site=site, client_key=client_key).first()
    if again is not None:
        return again
    last, entry = last_review(site), entry_at(site, up_to)
    since = last.up_to_seq + 1 if last is not None else 1
    if entry is None or up_to < since:
        raise refuse(RULE, "Somebody has reviewed these entries already. Look at what is left.")
    if not verdict.is_whole:
        raise refuse(RULE, f"Entry {verdict.broken_seq} does not hold: {verdict.reason}. Don't sign; tell the operator.")
    row = AuditReview.objects.create(
        site=site, since_seq=since, up_to_seq=up_to, up_to_hash=entry.hash, note=note, client_key=client_key,
        observed_at=now, recorded_at=now, recorded_by=proof.user,
    )  # fmt: skip
    sign(
        site=site, membership=membership, proof=proof, meaning=Signature.Meaning.REVIEW, target_kind=REVIEW_KIND, target_pk=row.pk,
        schema=REVIEW_SCHEMA, now=now,
    )  # fmt: skip
    settle_guessing(site, up_to=up_to, now=now)
    audit.record(action="audit.reviewed", target=row, by=proof.user, now=now, site=site, changes={"entries": [since, up_to]})
    return row
