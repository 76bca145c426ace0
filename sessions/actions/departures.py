"""A patient has gone: without a sign-off, or by ambulance. Recorded at once by whoever sees it; the prescriber's signature may follow (OUT-3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.findings import refuse
from clinic.models import Membership, Signature, User
from clinic.signatures import IdentityProof, sign
from sessions.actions.early import is_prescriber
from sessions.actions.facts import new_fact, require_time, same_post
from sessions.actions.life import locked, move
from sessions.actions.safety_calls import owe_call
from sessions.models import Departure, TreatmentSession
from sessions.queries.leaving import UNSIGNED, signatures_under
from sessions.queries.screening import SUICIDE_NOTICE
from sessions.signed_departure import KIND, SCHEMA
from sessions.states import Status

UNSIGNED_TEXT = "A patient left without a sign-off: a prescriber reads and signs it."
SIGN_WITHIN = timedelta(hours=24)  # OUT-3


@dataclass(frozen=True, kw_only=True)
class Departing:
    """What was seen, as somebody posts it; the calls are ways of sessions.models.departure.CallWay, empty for none."""

    seen_at: datetime
    condition: str
    seen_by: User | None = None
    patient_called: str = ""
    contact_called: str = ""
    emergency_called: str = ""
    note: str = ""
    destination: str = ""
    handed_to: str = ""

    def columns(self) -> dict[str, object]:
        words = {
            name: getattr(self, name).strip()[:length]
            for name, length in (("condition", 300), ("note", 300), ("destination", 160), ("handed_to", 160))
        }
        return words | {name: getattr(self, name) for name in ("patient_called", "contact_called", "emergency_called")}


@transaction.atomic
def record_left(session: TreatmentSession, *, departing: Departing, client_key: UUID, by: User, now: datetime) -> Departure:
    """The patient went without a sign-off (OUT-3): no gate. A safety call is due the same day; the form stays owed (PMF-1).

    Raises Refused for a time that can't be, without the condition, and for a session that is over or hasn't begun.
    """
    row = locked(session)
    if earlier := same_post(Departure, client_key, row):
        return earlier
    made = keep(row, Departure.Kind.LEFT, departing, client_key=client_key, by=by, now=now)
    move(row, Status.LEFT, by=by, now=now, reason=made.condition, also={"left_at": departing.seen_at})
    owe_call(row, "left", by=by, now=now)
    raise_notice(row.site, UNSIGNED, "OUT-3", row, UNSIGNED_TEXT, now, due_at=departing.seen_at + SIGN_WITHIN)
    return made


@transaction.atomic
def record_transfer(session: TreatmentSession, *, departing: Departing, client_key: UUID, by: User, now: datetime) -> Departure:
    """The patient was taken elsewhere in an emergency: where to and with whom (MON-5). No gate; the form stays owed (PMF-1)."""
    row = locked(session)
    if earlier := same_post(Departure, client_key, row):
        return earlier
    if not departing.destination.strip():
        raise refuse("MON-5", "Say where to.", code="MON-5.destination", field="destination")
    made = keep(row, Departure.Kind.TRANSFERRED, departing, client_key=client_key, by=by, now=now)
    move(row, Status.TRANSFERRED, by=by, now=now, reason=made.destination, also={"transferred_at": departing.seen_at})
    return made


def keep(row: TreatmentSession, kind: str, departing: Departing, *, client_key: UUID, by: User, now: datetime) -> Departure:
    require_time(departing.seen_at, now)
    if not departing.condition.strip():
        raise refuse("OUT-3", "Say how the patient was.", code="OUT-3.condition", field="condition")
    made = new_fact(
        Departure, row, observed_at=departing.seen_at, by=by, now=now, client_key=client_key, kind=kind, observed_by=departing.seen_by, **departing.columns()
    )  # fmt: skip
    resolve_notices(row.site, SUICIDE_NOTICE, row, "The patient has gone.", now)
    return made


@transaction.atomic
def sign_departure(departure: Departure, *, proof: IdentityProof, membership: Membership, now: datetime) -> Signature:
    """A prescriber has read how the patient went (OUT-3). Signing twice has one effect; nobody else can sign it."""
    row = locked(departure.session)
    signed = signatures_under(row.site, KIND, departure.pk)
    if signed:
        return signed[0]
    if not is_prescriber(membership):
        raise refuse("OUT-3", "A prescriber signs this.", code="OUT-3.prescriber")
    made = sign(
        site=row.site, membership=membership, proof=proof, meaning=Signature.Meaning.REVIEW, target_kind=KIND, target_pk=departure.pk, schema=SCHEMA, now=now
    )  # fmt: skip
    resolve_notices(row.site, UNSIGNED, row, "A prescriber has signed.", now)
    audit.record(
        action="departure.signed", target=departure, by=proof.user, now=now, site=row.site, patient_pk=row.patient_id, changes={"session": row.pk}
    )
    return made
