"""Signing: the identity confirmed again, then name, standing, time and meaning bound to the content's SHA-256 (OUT-2)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from django.db.models import QuerySet

from clinic import registry, seals
from clinic.findings import refuse
from clinic.models import Membership, Signature, Site, User

BATCH = 500


@dataclass(frozen=True)
class IdentityProof:
    """That a person proved who they are, a moment ago: made by `clinic.identity` alone, outside of transactions. `method`: password, both, passkey."""

    user: User
    method: str


def content_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sign(
    *, site: Site, membership: Membership, proof: IdentityProof, meaning: str, target_kind: str, target_pk: int, schema: int, now: datetime
) -> Signature:
    """Sign a record as its registered renderer writes it. Call it last, when the signed rows stand, inside the act's transaction."""
    if proof.user.pk != membership.user_id or membership.site_id != site.pk or not membership.is_active:
        raise refuse("OUT-2", "Only a member of this site can sign here.", code="OUT-2.member")
    text = registry.renderer_for(target_kind, schema)(target_pk)
    signature = Signature(
        site=site, signer=proof.user, printed_name=proof.user.printed_name, credential=membership.credential, role=membership.role,
        meaning=meaning, signed_at=now, confirmed_by=proof.method, target_kind=target_kind, target_pk=target_pk,
        content_schema=schema, content_sha256=content_digest(text),
    )  # fmt: skip
    seals.seal(signature).save(force_insert=True)
    return signature


def is_intact(signature: Signature) -> bool:
    """Whether the record still reads as it was signed, and the signature as it was made."""
    return signature.pk in intact([signature])


def intact(signatures: Iterable[Signature]) -> set[int]:
    """The keys of those whose record and own row still read as they were signed: each record rendered once, whoever signed it."""
    rows = list(signatures)
    wanted = {(row.target_kind, row.content_schema, row.target_pk) for row in rows}
    texts = {place: registry.text_or_none(*place) for place in wanted}
    digests = {place: content_digest(text) for place, text in texts.items() if text is not None}
    own = seals.reads_as_made(rows)
    return {row.pk for row in rows if row.pk in own and digests.get((row.target_kind, row.content_schema, row.target_pk)) == row.content_sha256}


@dataclass(frozen=True)
class Broken:
    """A signature whose content is no longer what was signed or can't be rendered at all, or whose own row was changed."""

    signature: Signature
    reason: str


def broken(signatures: QuerySet[Signature]) -> Iterator[Broken]:
    """Those of these signatures that don't hold any more; many at a time, in the order of kind and number."""
    ordered = signatures.order_by("target_kind", "content_schema", "pk").iterator(chunk_size=BATCH)
    for (kind, schema), same_kind in groupby(ordered, key=lambda signature: (signature.target_kind, signature.content_schema)):
        while some := list(islice(same_kind, BATCH)):
            texts = registry.rendered(kind, schema, {signature.target_pk for signature in some})
            own = seals.reads_as_made(some)
            for signature in some:
                text = texts.get(signature.target_pk)
                if text is None:
                    yield Broken(signature, "what was signed can't be read any more")
                elif content_digest(text) != signature.content_sha256:
                    yield Broken(signature, "the content was changed after it was signed")
                elif signature.pk not in own:
                    yield Broken(signature, "the signature itself (name, standing, time or meaning) was changed after it was made")
