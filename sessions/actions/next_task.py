"""The task of a missed or held visit: somebody decides how the course goes on (DOS-6). Opened and settled with the move itself."""

from datetime import datetime

from clinic.actions.notices import raise_notice, resolve_notices
from sessions.models import TreatmentSession
from sessions.queries.next_step import MAY_DECIDE, NEXT_NOTICE
from sessions.rules.next_step import DECIDE_WITHIN
from sessions.states import Status

TEXT = "{what}: decide how the course goes on."


def heed(session: TreatmentSession, *, before: str, to: str, now: datetime) -> None:
    """Inside the move's transaction: a visit that became missed or held asks for a decision; one that is no longer so does not."""
    if to in MAY_DECIDE:
        text = TEXT.format(what=f"{Status(to).label} visit")
        raise_notice(session.site, NEXT_NOTICE, "DOS-6", session, text, now, due_at=now + DECIDE_WITHIN, owner=session.course.prescriber)
    elif before in MAY_DECIDE:
        resolve_notices(session.site, NEXT_NOTICE, session, f"The visit is {Status(to).label.lower()}.", now)
