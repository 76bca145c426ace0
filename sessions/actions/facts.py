"""What every fact of a session has in common: who and when, one effect per post, corrected or withdrawn by a new row (MON-7)."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from clinic import audit
from clinic.facts import Fact, written_at
from clinic.findings import Refused, blocks, refuse
from clinic.models import User
from clinic.prepared import Prepared, prepared
from sessions.models import Discharge, TreatmentSession
from sessions.rules.watch import time_findings
from sessions.states import OPEN, Status

F = TypeVar("F", bound=Fact)
Row = TypeVar("Row", bound=models.Model)
# Whatever happened can be written down while the session is open, or when it ended without a signature.
MAY_HOLD_FACTS = (*OPEN, Status.LEFT, Status.TRANSFERRED)


@cache
def by_client_key(model: Any) -> Prepared[[UUID], Any]:
    """Finds a model's row by the key of the page that posted it."""

    @prepared
    def rows(client_key: UUID) -> models.QuerySet[Any]:
        return model._default_manager.filter(client_key=client_key).order_by()

    return rows


def same_post(model: type[Row], client_key: UUID, session: TreatmentSession) -> Row | None:
    """The row that an earlier, identical post made. Raises Refused when the key belongs to another session's post."""
    row: Any = by_client_key(model).first(client_key)
    if row is not None and row.session_id != session.pk:
        raise out_of_date()
    return row  # type: ignore[no-any-return]


def out_of_date() -> Refused:
    """For a page's key that belongs to another post: it must neither write nor show what that post made."""
    return refuse("SESSION", "This page is out of date. Open the session again.", code="client_key")


def require_open(session: TreatmentSession) -> None:
    """A signed record is closed: afterwards addenda only (OUT-2). One that hasn't begun has nothing to record."""
    if session.status == Status.DISCHARGED:
        raise refuse("OUT-2", "The discharge is signed. Add what is missing as an addendum.", code="OUT-2.signed")
    if session.status not in MAY_HOLD_FACTS:
        raise refuse("SESSION", f"This session is {Status(session.status).label.lower()}: there is nothing to record yet.", code="session.not_open")


def require_time(observed_at: datetime, now: datetime) -> None:
    """Seen before it was written, and not days ago (MON-7)."""
    wrong = blocks(time_findings(observed_at=observed_at, now=now))
    if wrong:
        raise Refused(wrong)


def require_correctable(session: TreatmentSession, fact: Fact, now: datetime) -> None:
    """A day after it was seen, a session that has ended is told about in an addendum: nothing in its record is put in another's place (OUT-2)."""
    is_over = session.status not in OPEN
    if is_over and time_findings(observed_at=fact.observed_at, now=now):
        text = "This was more than a day ago and the session has ended: add an addendum that says what was wrong. It is signed and stands beside it."
        raise refuse("OUT-2", text, code="OUT-2.addendum")


def new_fact(model: type[F], session: TreatmentSession, *, observed_at: datetime, by: User, now: datetime, client_key: UUID, **fields: object) -> F:
    """Write one fact row; the caller holds the session's lock."""
    row: Any = model(
        session=session,
        site_id=session.site_id,
        observed_at=observed_at,
        recorded_at=written_at(observed_at, after_signature(session, now)),
        recorded_by=by,
        client_key=client_key,
        **fields,
    )
    row.save(force_insert=True)
    return row  # type: ignore[no-any-return]


def after_signature(session: TreatmentSession, now: datetime) -> datetime:
    """When a row counts as written. A post that began before the discharge was signed, and waited for its lock, comes after it:

    the signature binds what was written by its own moment (OUT-2).
    """
    if session.status != Status.DISCHARGED:
        return now
    signed_at = Discharge.objects.filter(session_id=session.pk).values_list("recorded_at", flat=True).first()
    return now if signed_at is None or now > signed_at else signed_at + timedelta(microseconds=1)


def require_standing(fact: Any) -> None:
    """A fact is corrected once; the next correction corrects the correction."""
    if fact.is_withdrawn or type(fact)._default_manager.filter(supersedes_id=fact.pk).exists():
        raise refuse("MON-7", "Somebody has changed this entry since you opened it. Look at it again.", code="MON-7.changed")


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise refuse("MON-7", "Say why you correct this.", code="MON-7.reason", field="reason")


def copied_fields(fact: Any) -> dict[str, object]:
    """What a withdrawing row repeats of the row it withdraws: everything but who, when, why and the key."""
    own = {field.attname for field in Fact._meta.get_fields() if isinstance(field, models.Field)}
    return {field.attname: getattr(fact, field.attname) for field in fact._meta.concrete_fields if field.attname not in own | {"id", "session_id"}}


def withdrawal(fact: F, session: TreatmentSession, *, reason: str, by: User, now: datetime, client_key: UUID) -> F:
    """A row that takes a fact back: it was never so, or it belongs elsewhere. Both stay on record (MON-7)."""
    require_reason(reason)
    require_standing(fact)
    row = new_fact(
        type(fact), session, observed_at=fact.observed_at, by=by, now=now, client_key=client_key,
        observed_by_id=fact.observed_by_id, supersedes=fact, is_withdrawn=True, reason=reason.strip(), **copied_fields(fact),
    )  # fmt: skip
    audit.record(
        action=f"{fact._meta.model_name}.withdrawn",
        target=fact,
        by=by,
        now=now,
        site=session.site,
        patient_pk=session.patient_id,
        changes={"session": session.pk},
    )
    return row
