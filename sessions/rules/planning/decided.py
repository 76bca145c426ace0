"""Slots that the house allows and only the rhythm speaks against: a prescriber may decide on them, with a reason (DOS-5)."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from sessions.rules.planning.course import CourseFacts, course_decisions
from sessions.rules.planning.house import House
from sessions.rules.planning.slots import Offer, Wanted, days_around, freed, offer_of, times_on, why_not

MOST = 2


def decided_slots(
    wanted: Wanted, *, house: House, course: CourseFacts, first: date | None = None, last: date | None = None, besides: int | None = None, most: int = MOST
) -> list[Offer]:  # fmt: skip
    """The nearest slots that break nothing but the rhythm, one a day, the nearest day first; each names all that it breaks.

    Bounds and `besides` are those of `nearest_slots`. A day of the patient's own is never among them (DOS-7).
    """
    house, days = freed(house, course, besides)
    why = why_not(wanted, house, course, days)
    found: list[Offer] = []
    for day in days_around(wanted.day, house.today, first, last):
        against = () if day in days else tuple(course_decisions(course, days, day, house))
        if against and len(found) < most:
            slots = islice(times_on(wanted, day, house, course.patient_pk), 1)
            found += [offer_of(free[0], wanted, house, why, against) for free in slots]
    return found


def nearer(marked: Iterable[Offer], free: Sequence[Offer], wanted: Wanted) -> list[Offer]:
    """Those that are nearer to the wished day than the first that needs no decision; all where there is none."""
    limit = min((abs((offer.slot.day - wanted.day).days) for offer in free), default=None)
    return [offer for offer in marked if limit is None or abs((offer.slot.day - wanted.day).days) < limit]
