"""A patient's link: signed, expiring, for one slot of one visit; it names nobody, and is short enough for a text."""

import base64
import binascii
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from sessions.models import TreatmentSession

SALT = "vigil.visit"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
# 16 bytes of uid, 2 of version, 3 of hours since EPOCH, and 9 (72 bits) of signature: 40 letters.
PAYLOAD, SIGNATURE = 21, 9


@dataclass(frozen=True)
class VisitLink:
    session_uid: UUID
    slot_version: int


def token_for(session: TreatmentSession, *, useless_at: datetime) -> str:
    """A link to the visit's present slot, good until the full hour after `useless_at`."""
    hours = (useless_at - EPOCH) // HOUR + 1
    payload = session.uid.bytes + session.slot_version.to_bytes(2, "big") + hours.to_bytes(3, "big")
    return base64.urlsafe_b64encode(payload + signature_of(payload, settings.SECRET_KEY)).decode()


def signature_of(payload: bytes, key: str) -> bytes:
    return salted_hmac(SALT, payload, secret=key, algorithm="sha256").digest()[:SIGNATURE]


def keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def read(token: str, *, now: datetime) -> VisitLink | None:
    """What a link says; None for one that is guessed, changed or expired."""
    try:
        content = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if base64.urlsafe_b64encode(content) != token.encode():
        return None  # one link has one spelling: another would have limits of its own
    payload, signature = content[:PAYLOAD], content[PAYLOAD:]
    if len(signature) != SIGNATURE or not any(hmac.compare_digest(signature_of(payload, key), signature) for key in keys()):
        return None
    if now >= EPOCH + int.from_bytes(payload[18:], "big") * HOUR:
        return None
    return VisitLink(UUID(bytes=payload[:16]), int.from_bytes(payload[16:18], "big"))
