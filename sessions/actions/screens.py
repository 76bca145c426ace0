"""What a patient does on an enrolled screen: call for help, say how they feel; and the answer of somebody of the staff."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from clinic import audit
from clinic.facts import RecordedVia
from clinic.findings import refuse
from clinic.models import Screen, User
from sessions.actions.life import locked
from sessions.models import HelpCall, SessionEvent, TreatmentSession
from sessions.queries.screens import FEELINGS, session_on

# The same feeling tapped again within this time is one answer: a finger that slipped, a page that was slow.
SAME_TAP = timedelta(seconds=20)
# A screen has no sign-in: so many answers within so long are all that a session keeps; a child's drumming fills no record.
MOST_FEELINGS, LIMIT_OVER = 20, timedelta(minutes=10)


def session_of(screen: Screen) -> TreatmentSession:
    """The locked session in the screen's chair. Raises Refused when nobody is there, or the screen has no buttons."""
    found = session_on(screen.chair) if screen.kind == Screen.Kind.PATIENT and screen.chair is not None else None
    if found is None:
        raise refuse("SESSION", "Nobody is on record in this chair.", code="screen.empty")
    return locked(found)


@transaction.atomic
def ask_help(screen: Screen, *, client_key: UUID, now: datetime) -> HelpCall:
    """Call somebody to the chair. One call stands open at a time: pressing again changes nothing. Raises Refused for an empty chair."""
    row = session_of(screen)
    same = HelpCall.objects.filter(client_key=client_key).first()
    is_own = same is not None and same.session_id == row.pk
    earlier = same if is_own else HelpCall.objects.filter(session=row, answered_at__isnull=True).first()
    if earlier is not None:
        return earlier
    # A page that stood here since the patient before: its key is used up, the call is not.
    key = client_key if same is None else uuid4()
    call = HelpCall.objects.create(site=row.site, session=row, screen=screen, client_key=key, asked_at=now)
    audit.record(
        action="help.asked", target=call, by=None, now=now, site=row.site, patient_pk=row.patient_id, changes={"session": row.pk, "screen": screen.pk}
    )
    return call


@transaction.atomic
def answer_help(session: TreatmentSession, *, by: User, now: datetime) -> HelpCall | None:
    """Somebody is there: the open call is answered, its waiting time fixed. Answering what was answered changes nothing."""
    row = locked(session)
    call = HelpCall.objects.select_for_update(of=("self",)).filter(session=row, answered_at__isnull=True).first()
    if call is None:
        return None
    call.answered_at, call.answered_by = max(now, call.asked_at), by
    call.save(update_fields=["answered_at", "answered_by"])
    waited = int((call.answered_at - call.asked_at).total_seconds())
    audit.record(
        action="help.answered", target=call, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"session": row.pk, "waited_seconds": waited},
    )  # fmt: skip
    return call


@transaction.atomic
def record_feeling(screen: Screen, *, kind: str, client_key: UUID, now: datetime) -> SessionEvent:
    """How the patient says they feel: a fact of the watch, by the screen and no person. It is no check and closes nothing."""
    row = session_of(screen)
    if kind not in FEELINGS:
        raise refuse("SESSION", "That can't be said here.", code="screen.feeling")
    mine = SessionEvent.objects.filter(session=row, recorded_via=RecordedVia.SCREEN, observed_at__gt=now - LIMIT_OVER)
    recent = list(mine.order_by("-observed_at", "-pk")[:MOST_FEELINGS])
    for earlier in recent:
        if earlier.client_key == client_key or (earlier.kind == kind and earlier.observed_at > now - SAME_TAP):
            return earlier
    if len(recent) == MOST_FEELINGS:
        return recent[0]
    made = SessionEvent.objects.create(
        site=row.site,
        session=row,
        kind=kind,
        observed_at=now,
        recorded_at=now,
        recorded_via=RecordedVia.SCREEN,
        recorded_by=None,
        client_key=uuid4() if SessionEvent.objects.filter(client_key=client_key).exists() else client_key,
    )
    audit.record(
        action="feeling.recorded", target=made, by=None, now=now, site=row.site, patient_pk=row.patient_id,
        changes={"session": row.pk, "screen": screen.pk, "kind": kind},
    )  # fmt: skip
    return made
