"""Safety calls: owed by what happened, tried, taken over, closed by a clinician (MSG-7, OUT-3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.findings import Refused, blocks, refuse
from clinic.models import User
from clinic.queries import calendar_of
from clinic.rules.opening import local_day
from sessions.actions.facts import out_of_date
from sessions.models import CallAttempt, SafetyCall, TreatmentSession
from sessions.queries.safety_calls import CALL_NOTICE, is_call_owed, open_call_of
from sessions.rules import safety_calls as rules
from sessions.rules.watch import time_findings

TEXT = "A safety call is due: {why}."


def owe_call(session: TreatmentSession, why: str, *, by: User | None, now: datetime) -> SafetyCall | None:
    """The call that this visit owes its patient, if it does (MSG-7); inside the caller's transaction and lock. Twice has one effect."""
    standing = open_call_of(session)
    if standing is not None or not is_call_owed(session, why):
        return standing
    owner = session.monitor or session.course.prescriber
    call = SafetyCall.objects.create(site_id=session.site_id, session=session, why=why, owner=owner, raised_at=now, due_at=same_day(session, now))
    tell(call, now)
    record("call.owed", call, by=by, now=now)
    return call


def same_day(session: TreatmentSession, now: datetime) -> datetime:
    """By when: closing of the present day, or its end."""
    today = local_day(now, session.site.zone)
    calendar = calendar_of(session.site, today, today)
    return rules.due_at(now=now, closing_at=calendar.closing_at(today), day_ends_at=calendar.end_of_day(now))


def tell(call: SafetyCall, now: datetime) -> None:
    """The call as a task with its owner, for the board."""
    text = TEXT.format(why=SafetyCall.Why(call.why).label.lower())
    raise_notice(call.session.site, CALL_NOTICE, "MSG-7", call.session, text, now, due_at=call.due_at, owner=call.owner)


def record(action: str, call: SafetyCall, *, by: User | None, now: datetime, changes: dict[str, object] | None = None) -> None:
    session = call.session
    audit.record(
        action=action, target=call, by=by, now=now, site=session.site, patient_pk=session.patient_id, changes={"session": session.pk, **(changes or {})}
    )  # fmt: skip


def drop_call(session: TreatmentSession, how: str, *, by: User, now: datetime) -> None:
    """What the call was about is no longer so: the patient came after all, or the session was voided."""
    call = open_call_of(session)
    if call is not None:
        call.session = session
        end(call, how, by=by, now=now)
        record("call.dropped", call, by=by, now=now)


def end(call: SafetyCall, how: str, *, by: User, now: datetime) -> None:
    call.closed_at, call.closed_by, call.closed_how = now, by, how[:300]
    call.save(update_fields=["closed_at", "closed_by", "closed_how"])
    resolve_notices(call.session.site, CALL_NOTICE, call.session, "The call is closed.", now)


def locked_call(call: SafetyCall) -> SafetyCall:
    """The call as it stands now, locked."""
    rows = SafetyCall.objects.select_for_update(of=("self",)).select_related("session__site", "session__patient", "owner")
    return rows.get(pk=call.pk)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try as somebody posts it; `settles` closes the call with its note."""

    made_at: datetime
    was_reached: bool
    note: str
    settles: bool
    client_key: UUID


@transaction.atomic
def log_attempt(call: SafetyCall, attempt: Attempt, *, by: User, now: datetime) -> CallAttempt:
    """Keep a try, and close the call when a clinician finds that it is settled (MSG-7). The caller has asked for the right.

    Raises Refused for a time that can't be, for a closed call, and when it is closed without saying what was found.
    """
    row = locked_call(call)
    earlier = CallAttempt.objects.filter(client_key=attempt.client_key).first()
    if earlier is not None and earlier.call_id != row.pk:
        raise out_of_date()
    if earlier is not None:
        return earlier
    if row.closed_at is not None:
        raise refuse("MSG-7", "This call is closed already.", code="MSG-7.closed")
    wrong = blocks(time_findings(observed_at=attempt.made_at, now=now))
    if wrong:
        raise Refused(wrong)
    note = attempt.note.strip()
    if attempt.settles and not note:
        raise refuse("MSG-7", "Say what you found: how the patient is, and what was agreed.", code="MSG-7.note", field="note")
    made = CallAttempt.objects.create(
        site_id=row.site_id, call=row, observed_at=attempt.made_at, recorded_at=now, recorded_by=by, client_key=attempt.client_key,
        was_reached=attempt.was_reached, note=note[:500],
    )  # fmt: skip
    record("call.attempted", row, by=by, now=now, changes={"was_reached": attempt.was_reached})
    if attempt.settles:
        end(row, note, by=by, now=now)
        record("call.closed", row, by=by, now=now)
    return made


@transaction.atomic
def take_call(call: SafetyCall, *, by: User, now: datetime) -> None:
    """Somebody else makes this call. Taking it twice has one effect."""
    row = locked_call(call)
    if row.closed_at is not None:
        raise refuse("MSG-7", "This call is closed already.", code="MSG-7.closed")
    if row.owner_id == by.pk:
        return
    before = row.owner_id
    row.owner = by
    row.save(update_fields=["owner"])
    tell(row, now)
    record("call.taken", row, by=by, now=now, changes={"owner": [before, by.pk]})
