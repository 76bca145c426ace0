"""Sessions that are still open past closing or midnight, and whether somebody has said why: for board, watchman and the day's closing (PMF-1)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from clinic.models import Site
from clinic.queries import calendar_of, today_at
from clinic.rules.opening import Calendar, day_bounds
from sessions.models import SessionEvent, TreatmentSession
from sessions.rules.concerns import PAST_CLOSING
from sessions.rules.forgotten import open_too_long_at
from sessions.states import PRESENT

EXPLAINED = SessionEvent.Kind.OPEN_LATE
FORGOTTEN_NOTICE = PAST_CLOSING.code


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One session and since when it should have been over; explained ones still count as open."""

    session: TreatmentSession
    since: datetime
    is_explained: bool


def is_explained() -> Exists:
    """For a query of sessions: somebody has said why it is still open; without a query of its own."""
    return Exists(SessionEvent.objects.standing().filter(session_id=OuterRef("pk"), kind=EXPLAINED))


def over_at(session: TreatmentSession, calendar: Calendar) -> datetime:
    """When a session of that day should be over; `calendar` covers the day."""
    day = session.treatment_on
    return open_too_long_at(closing_at=calendar.closing_at(day), day_ends_at=day_bounds(day, calendar.zone)[1])


def forgotten_open(site: Site, now: datetime) -> list[Forgotten]:
    """Every patient still in the house on record after the end of their day, the longest first."""
    rows = TreatmentSession.objects.filter(site=site, status__in=PRESENT).select_related("chair", "patient").annotate(explained=is_explained())
    sessions = list(rows.order_by("treatment_on", "pk"))
    if not sessions:
        return []
    today = today_at(site, now)
    calendar = calendar_of(site, min(today, sessions[0].treatment_on), max(today, sessions[-1].treatment_on))
    found = [Forgotten(session, over_at(session, calendar), session.explained) for session in sessions]
    return [one for one in found if now > one.since]


def forgotten_since(session: TreatmentSession, now: datetime) -> datetime | None:
    """Since when one session is open too long and nobody has said why; asks the calendar only once its planned end is past."""
    if session.status not in PRESENT or now <= session.ends_at:
        return None
    since = over_at(session, calendar_of(session.site, session.treatment_on, session.treatment_on))
    if now <= since or SessionEvent.objects.standing().filter(session=session, kind=EXPLAINED).exists():
        return None
    return since
