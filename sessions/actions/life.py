"""Moving a session from state to state: the one place that locks it, checks the table of moves and stamps the time."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from clinic import audit
from clinic.actions.notices import settle
from clinic.findings import refuse
from clinic.models import SitePolicy, User
from clinic.prepared import prepared
from clinic.queries import policy_on, today_at
from patients.models import Patient
from sessions.actions.next_task import heed
from sessions.actions.slot_left import leave_slot
from sessions.models import TreatmentSession
from sessions.models.session import STAMP_OF_STATUS
from sessions.picture import ALL_PARTS, Picture, bare_pictures_of
from sessions.queries.policies import policy_for
from sessions.rules.concerns import OF_THE_WATCH
from sessions.rules.feeds import changes_slot
from sessions.rules.moves import may_move
from sessions.states import PRESENT, Status


@prepared
def locking(pk: int) -> QuerySet[TreatmentSession]:
    rows = TreatmentSession.objects.select_for_update(of=("self",))
    return rows.select_related("site", "patient", "course", "order", "chair", "policy").filter(pk=pk)


def locked(session: TreatmentSession) -> TreatmentSession:
    """The session's row as it stands now, locked until the act is over. Call it inside a transaction."""
    return locking(session.pk)[0]


def lock_patient(session: TreatmentSession) -> None:
    """Lock the patient before the session, as a booking does: two visits of one patient then wait for each other (DOS-7)."""
    Patient.objects.select_for_update().only("pk").get(pk=session.patient_id)


def locked_picture(session: TreatmentSession, parts: Iterable[str] = ALL_PARTS) -> Picture:
    """Lock the session and read what stands about it: everything, or the parts that the act needs."""
    row = locked(session)
    return bare_pictures_of([row], {row.pk: policy_for(row)}, parts)[0]


def move(session: TreatmentSession, to: str, *, by: User | None, now: datetime, reason: str = "", also: Mapping[str, object] | None = None) -> None:
    """Take a locked session to another state, with its timestamp and audit entry.

    Raises Refused when the table of moves has no such move. `also` are further fields to write in the same update; a move that was seen earlier brings its own time in it.
    """
    before = session.status
    if not may_move(before, to):
        here, there = Status(before).label.lower(), Status(to).label.lower()
        raise refuse("SESSION", f"This session is {here}; it can't become {there}.", code=f"move.{before}.{to}")
    fields = {"status": to, "status_reason": reason, **(also or {})}
    if to in STAMP_OF_STATUS:
        fields.setdefault(STAMP_OF_STATUS[to], now)
    if changes_slot(before, to):
        fields.setdefault("schedule_version", session.schedule_version + 1)
        fields.setdefault("slot_version", session.schedule_version + 1)
    for name, value in fields.items():
        setattr(session, name, value)
    session.save(update_fields=list(fields))
    heed(session, before=before, to=to, now=now)
    if before == Status.BOOKED:
        leave_slot(session, now=now)
    if before in PRESENT and to not in PRESENT:
        settle(session.site, OF_THE_WATCH, session, f"The session is {Status(to).label.lower()}.", now)
    audit.record(
        action=f"session.{to}", target=session, by=by, now=now, site=session.site, patient_pk=session.patient_id, changes={"status": [before, to]}
    )


def fix_policy(session: TreatmentSession, policy: SitePolicy, now: datetime) -> None:
    """A session is judged by what was in force when its day began; kept on it from arrival on.

    A device of today entered on a visit of a coming day is judged by what holds today: a version to come may still be taken back.
    """
    if session.policy_id is None:
        today = today_at(session.site, now)
        session.policy = policy if policy.effective_on <= today else policy_on(session.site, today)
        session.save(update_fields=["policy"])
