"""A patient's link: signed, expiring, for one slot of one visit; it names nobody."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing

from sessions.models import TreatmentSession

SALT = "vigil.visit"


@dataclass(frozen=True)
class VisitLink:
    session_uid: UUID
    schedule_version: int


def token_for(session: TreatmentSession, *, useless_at: datetime) -> str:
    content = [session.uid.hex, session.schedule_version, int(useless_at.timestamp())]
    return signing.Signer(salt=SALT).sign_object(content)


def read(token: str, *, now: datetime) -> VisitLink | None:
    """What a link says; None for one that is guessed, changed or expired."""
    try:
        uid, version, until = signing.Signer(salt=SALT).unsign_object(token)
        link = VisitLink(UUID(hex=uid), int(version))
        expires_at = datetime.fromtimestamp(until, tz=UTC)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return link if now < expires_at else None
