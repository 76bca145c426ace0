"""Signing: the identity confirmed again, then name, standing, time and meaning bound to the content's SHA-256 (OUT-2)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from clinic.findings import refuse
from clinic.models import Membership, Signature, Site, User
from clinic.registry import renderer_for


@dataclass(frozen=True)
class IdentityProof:
    """That a person proved who they are, a moment ago. Made outside of transactions: Argon2 is slow on purpose."""

    user: User
    method: str


def confirm_identity(user: User, password: str) -> IdentityProof:
    """Check the signer's password. Raises Refused (OUT-2) when it is wrong."""
    if not user.is_active or not user.check_password(password):
        raise refuse("OUT-2", "That is not your password. Nothing was signed.", code="OUT-2.identity", field="password")
    return IdentityProof(user=user, method="password")


def content_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sign(*, site: Site, membership: Membership, proof: IdentityProof, meaning: str, target_kind: str, target_pk: int, schema: int, now: datetime) -> Signature:
    """Sign a record as its registered renderer writes it. Call it last, when the signed rows stand, inside the act's transaction."""
    if proof.user.pk != membership.user_id or membership.site_id != site.pk or not membership.is_active:
        raise refuse("OUT-2", "Only a member of this site can sign here.", code="OUT-2.member")
    text = renderer_for(target_kind, schema)(target_pk)
    return Signature.objects.create(
        site=site, signer=proof.user, printed_name=proof.user.printed_name, credential=membership.credential, role=membership.role,
        meaning=meaning, signed_at=now, confirmed_by=proof.method, target_kind=target_kind, target_pk=target_pk,
        content_schema=schema, content_sha256=content_digest(text),
    )  # fmt: skip


def is_intact(signature: Signature) -> bool:
    """Whether the record still reads as it was signed."""
    try:
        text = renderer_for(signature.target_kind, signature.content_schema)(signature.target_pk)
    except (LookupError, ValueError):
        return False
    return content_digest(text) == signature.content_sha256
