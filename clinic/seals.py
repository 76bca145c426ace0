"""What a signature binds of its own row: name, standing, time and meaning as they are printed, sealed with the content's digest (OUT-2)."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from clinic.models import Signature

# Frozen, as every schema is once shipped. Schema 1 is of before: it binds the content alone.
SCHEMA = 2
FIELDS = (
    "site_id", "signer_id", "printed_name", "credential", "role", "meaning", "signed_at", "confirmed_by", "target_kind", "target_pk",
    "content_schema", "content_sha256",
)  # fmt: skip
# While webs are replaced one by one, the version before may still sign beside this one.
OVERLAP = timedelta(days=1)


def plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def row_text(signature: Signature) -> str:
    """Schema 2: one `field value` line each, as JSON in ASCII."""
    return "\n".join((f"vigil-signature {SCHEMA}", *(f"{name} {json.dumps(plain(getattr(signature, name)))}" for name in FIELDS)))


def digest(signature: Signature) -> str:
    return hashlib.sha256(row_text(signature).encode()).hexdigest()


def seal(signature: Signature) -> Signature:
    """Before it is stored: every writer's last step, in bulk too."""
    signature.seal_schema, signature.seal_sha256 = SCHEMA, digest(signature)
    return signature


def unsealed_until() -> int | None:
    """The number from which no row can be without a seal; None while there are none with one for longer than a day.

    Who takes a seal away by SQL, to change the name under it, is found by this.
    """
    sealed = Signature.objects.filter(seal_schema=SCHEMA).order_by("pk")
    first = sealed.values_list("signed_at", flat=True).first()
    return None if first is None else sealed.filter(signed_at__gt=first + OVERLAP).values_list("pk", flat=True).first()


def reads_as_made(signatures: Iterable[Signature]) -> set[int]:
    """The keys of those whose own row still says what it said when it was signed."""
    rows = list(signatures)
    until = unsealed_until() if any(row.seal_schema == 1 for row in rows) else None
    return {row.pk for row in rows if (row.seal_sha256 == digest(row) if row.seal_schema == SCHEMA else is_of_before(row, until))}


def is_of_before(row: Signature, until: int | None) -> bool:
    return row.seal_schema == 1 and not row.seal_sha256 and (until is None or row.pk < until)
