"""Noting that a visit of a closed day was settled; part of the act that does it."""

from datetime import date, datetime
from typing import NamedTuple

from clinic.models import Closure, User
from sessions.models import Settled, TreatmentSession
from sessions.rules.rescue import is_stranded


class Place(NamedTuple):
    """Where a visit stood."""

    day: date
    starts_at: datetime
    ends_at: datetime


def place_of(session: TreatmentSession) -> Place:
    return Place(session.treatment_on, session.starts_at, session.ends_at)


def note_settled(session: TreatmentSession, was: Place, outcome: str, *, by: User | None, now: datetime) -> None:
    """Keep what became of a visit whose day has closed; of any other day there is nothing to note."""
    closure = Closure.objects.filter(site_id=session.site_id, closed_on=was.day).first()
    if closure is None or not is_stranded(was.ends_at, was.day, closure.closes_at, session.site.zone):
        return
    Settled.objects.create(
        site=session.site, session=session, closed_on=was.day, was_at=was.starts_at, outcome=outcome, settled_at=now, settled_by=by
    )
