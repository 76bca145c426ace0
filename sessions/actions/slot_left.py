"""A visit leaves its slot: what was asked about that slot, by its patient or by the desk, is settled with it."""

from collections.abc import Collection
from datetime import datetime

from clinic.actions.notices import settle
from sessions.models import MoveWish, TreatmentSession
from sessions.queries.by_patient import MOVE_WISH, OF_THE_LINK
from sessions.queries.off_schedule import OFF_SCHEDULE

OF_THE_SLOT = (*OF_THE_LINK, OFF_SCHEDULE)


def kinds_left(*, is_new_time: bool, is_new_day: bool) -> Collection[str]:
    """What a move settles. Whether a visit may stand outside of the schedule is asked of its day: another hour decides nothing (DOS-5)."""
    if is_new_day:
        return OF_THE_SLOT
    return OF_THE_LINK if is_new_time else [MOVE_WISH]


def leave_slot(session: TreatmentSession, *, now: datetime, kinds: Collection[str] = OF_THE_SLOT) -> None:
    """Close the open tasks about a slot, and a wish that still waits; each open wish has its task. Inside the caller's transaction and lock."""
    if settle(session.site, kinds, session, "The visit has changed.", now):
        MoveWish.objects.filter(session_id=session.pk, answer=MoveWish.Answer.OPEN).update(answer=MoveWish.Answer.GONE, answered_at=now)
