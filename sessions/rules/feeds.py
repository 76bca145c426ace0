"""What a calendar feed shows of a visit, and for how long: no name, no drug, one number that rises with every change (MSG-4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sessions.states import CALLED_OFF

BACK = timedelta(days=30)
AHEAD = timedelta(days=120)
# One person's telephones and computers; more than that is an address that wanders.
MOST = 10


class Visit(NamedTuple):
    """One line of a feed. `sequence` rises with every change of the slot, so that a calendar never goes back to an older one."""

    uid: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    chair: str
    is_off: bool
    changed_at: datetime


class Left(NamedTuple):
    """A slot that a visit has left; `sequence` is the visit's present one."""

    uid: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    chair: str
    left_at: datetime


class Place(NamedTuple):
    """Where a visit stood."""

    starts_at: datetime
    ends_at: datetime
    chair: str


def is_told(left_at: datetime | None, now: datetime) -> bool:
    """Whether a feed is still answered: always while its person belongs to the site, and for a while after, to call it off."""
    return left_at is None or now < left_at + BACK


def called_off(visits: Iterable[Visit], places: Mapping[UUID, Place], left_at: datetime) -> list[Visit]:
    """The visits of somebody who has left: each off, where and as it was then."""
    return [visit._replace(is_off=True, changed_at=left_at, **places[visit.uid]._asdict() if visit.uid in places else {}) for visit in visits]


def newer(visits: Iterable[Visit], turns: int) -> list[Visit]:
    """Each a version newer for each time that the whole feed was called off or came back."""
    return [visit._replace(sequence=visit.sequence + turns) for visit in visits]


def window(now: datetime) -> tuple[datetime, datetime]:
    """From when to when a feed reaches."""
    return now - BACK, now + AHEAD


def is_off(status: str) -> bool:
    """Whether a calendar shows the visit as cancelled: it doesn't take place, and its chair is free."""
    return status in CALLED_OFF


def changes_slot(before: str, after: str) -> bool:
    """Whether a move from state to state changes what a calendar shows, so that the visit's version must rise."""
    return is_off(before) != is_off(after)


def last_change(stamps: Iterable[datetime | None]) -> datetime:
    """The newest of the times that are there; booking always is."""
    return max(stamp for stamp in stamps if stamp is not None)


def lines(visits: Iterable[Visit], left: Iterable[Left]) -> list[Visit]:
    """The visits of a feed, and as called off those that have moved out of it: to another chair, or beyond its window."""
    shown = {visit.uid: visit for visit in visits}
    gone = {slot.uid: slot for slot in sorted(left, key=lambda slot: slot.left_at) if slot.uid not in shown}
    off = [Visit(one.uid, one.sequence, one.starts_at, one.ends_at, one.chair, True, one.left_at) for one in gone.values()]
    return sorted([*shown.values(), *off], key=lambda visit: (visit.starts_at, str(visit.uid)))
