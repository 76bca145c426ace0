"""Keeping a plan whole: what was moved by hand stays when the rest is proposed again, and what was taken meanwhile is replaced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clinic.findings import blocks
from sessions.rules.planning.check import Chosen, as_taken, check_plan
from sessions.rules.planning.course import CourseFacts
from sessions.rules.planning.house import House
from sessions.rules.planning.propose import Proposal, Wishes, propose
from sessions.rules.planning.slots import Offer, nearest_slots, wanted_at


@dataclass(frozen=True, slots=True)
class Change:
    """A visit that could not stay: where it was, and the nearest slot instead (None: there is none)."""

    was: Chosen
    offer: Offer | None


def beside(house: House, course: CourseFacts, others: Sequence[Chosen]) -> tuple[House, CourseFacts]:
    """House and course as if these visits were booked already."""
    slots = [house.slot(one.starts_at, one.chair_pk) for one in others]
    held = house.holding(as_taken(slot, course) for slot in slots)
    return held, replace(course, booked_days=tuple(sorted({*course.booked_days, *(slot.day for slot in slots)})))


def propose_around(wishes: Wishes, kept: Sequence[Chosen], *, begins_with_kept: bool, house: House, course: CourseFacts) -> Proposal:
    """Propose again around visits that were moved by hand. Weeks count from the first visit: from the first that is kept when
    `begins_with_kept` says that this one was the first, else from the first that is proposed without them."""
    if not kept:
        return propose(wishes, house=house, course=course)
    first = () if begins_with_kept or course.days or course.earlier_first_on else propose(wishes, house=house, course=course).visits[:1]
    leading = [Chosen(starts_at=one.slot.starts_at, chair_pk=one.slot.chair_pk, dose_mg=one.dose_mg) for one in first]
    held, facts = beside(house, course, [*leading, *kept])
    rest = propose(wishes, house=held, course=facts)
    return Proposal((*first, *rest.visits), rest.holes)


def mended(chosen: Sequence[Chosen], *, house: House, course: CourseFacts) -> tuple[list[Chosen], list[Change]]:
    """The plan with each visit that can't be had any more on its nearest legal slot, and what was changed.

    Only blocks are mended (a slot that was taken, a time that has passed); what a prescriber may decide stays as it was chosen.
    """
    bad = {one.chosen for one in check_plan(chosen, house=house, course=course) if blocks(one.findings)}
    good = [one for one in chosen if one not in bad]
    changes = []
    for one in chosen:
        if one not in bad:
            continue
        held, facts = beside(house, course, good)
        offers = nearest_slots(wanted_at(one.starts_at, one.chair_pk, one.dose_mg, held), house=held, course=facts, per_kind=1)
        changes.append(Change(one, offers[0] if offers else None))
        if offers:
            slot = offers[0].slot
            good.append(Chosen(starts_at=slot.starts_at, chair_pk=slot.chair_pk, dose_mg=one.dose_mg))
    return sorted(good, key=lambda one: one.starts_at), changes
