"""A prescriber's absence within one session: a breach that is derived, never stored; and presence that is nobody's own word yet (SET-2)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from clinic.models import DutyPeriod
from clinic.queries.presence import PROOF, gaps_between, stays_over
from clinic.rules.presence import Gap
from sessions.picture import Picture


@dataclass(frozen=True, slots=True)
class Absence:
    """`is_breach`: nobody was there by anybody's word; else somebody was by others' words alone, which is no proof."""

    gap: Gap
    is_breach: bool


def is_covered(now: datetime, since: datetime) -> Exists:
    """For a query of sessions: one proven stay of a prescriber reaches from the start to now. Then there is nothing to read further.

    `since` is the longest stay before now (clinic.queries.presence).
    """
    stays = DutyPeriod.objects.filter(
        PROOF, Q(left_at__isnull=True) | Q(left_at__gt=now), site_id=OuterRef("site_id"), is_prescriber=True, came_at__lte=OuterRef("dosing_at"),
        came_at__gt=since, lapses_at__gt=now,
    )  # fmt: skip
    return Exists(stays.order_by())


def absences(picture: Picture, now: datetime) -> list[Absence]:
    """From the first device to the end, or to now (SET-2). No query where one stay is known to cover all of it."""
    first, session = picture.first_device_at, picture.session
    if first is None or (getattr(session, "is_covered", False) and session.dosing_at is not None and session.dosing_at <= first):
        return []
    end = picture.ended_at or now
    return absences_between(stays_over(session.site, first, end, prescribers_only=True), first, end)


def absences_between(stays: list[DutyPeriod], first: datetime, end: datetime) -> list[Absence]:
    """The same from stays that are read already."""
    missing = gaps_between(stays, first, end)
    unproven = [gap for gap in gaps_between(stays, first, end, proven_only=True) if gap not in missing]
    return [*(Absence(gap, True) for gap in missing), *(Absence(gap, False) for gap in unproven)]
