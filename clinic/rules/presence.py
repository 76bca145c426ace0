"""Who was on site when: presence over moments and intervals (SET-2)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from clinic.findings import Finding, block_at

# Kinds of notices: this room's acts resolve them, the sessions' watchman raises them.
GAP_NOTICE = "presence_gap"
UNCONFIRMED_NOTICE = "presence_unconfirmed"
# How far back a person may still say when they were here.
OLDEST = timedelta(days=31)


class Presence(NamedTuple):
    """One stay; the moment of leaving no longer counts."""

    came_at: datetime
    ended_at: datetime


class Gap(NamedTuple):
    """A stretch in which nobody of those asked for was on site."""

    starts_at: datetime
    ends_at: datetime


def ended_at(left_at: datetime | None, lapses_at: datetime) -> datetime:
    """When a stay ends: at leaving, at closing at the latest (SET-2). Nobody stays on site past closing by silence."""
    return lapses_at if left_at is None else min(left_at, lapses_at)


def is_present(stays: Iterable[Presence], at: datetime) -> bool:
    """Whether any stay covers a moment."""
    return any(stay.came_at <= at < stay.ended_at for stay in stays)


def gaps(stays: Iterable[Presence], start: datetime, end: datetime) -> list[Gap]:
    """The stretches of [start, end) that no stay covers (SET-2: a gap in the watch is a breach, derived and never stored)."""
    found: list[Gap] = []
    covered_to = start
    for stay in sorted(stays):
        if stay.came_at > covered_to:
            found.append(Gap(covered_to, min(stay.came_at, end)))
        covered_to = max(covered_to, stay.ended_at)
        if covered_to >= end:
            break
    if covered_to < end:
        found.append(Gap(covered_to, end))
    return [gap for gap in found if gap.starts_at < gap.ends_at]


def is_proof(*, person: int, recorded_by: int, confirmed_at: datetime | None) -> bool:
    """Whether a stay is its person's own word: entered by themselves, or confirmed later (SET-2). Otherwise it counts as a gap in reports."""
    return recorded_by == person or confirmed_at is not None


def awaits_word(
    *, person: int, recorded_by: int, confirmed_at: datetime | None, left_recorded_by: int | None = None, left_recorded_at: datetime | None = None
) -> bool:
    """Whether somebody else wrote the coming, or since the last confirmation the going, and the person hasn't said that it was so."""
    if not is_proof(person=person, recorded_by=recorded_by, confirmed_at=confirmed_at):
        return True
    if left_recorded_by in (None, person) or left_recorded_at is None:
        return False
    return confirmed_at is None or confirmed_at < left_recorded_at


def recording_findings(*, at: datetime, now: datetime, is_prescriber: bool, came_at: datetime | None, is_coming: bool) -> list[Finding]:
    """Why staff can't write a coming or a going for somebody (SET-2). `came_at` is the beginning of the stay that stands open."""
    if not is_prescriber:
        return [block_at("member", "SET-2", "Only a prescriber's presence is written down by others.")]
    if at > now:
        return [block_at("at", "SET-2", "That time hasn't come yet.")]
    if at < now - timedelta(hours=24):
        return [block_at("at", "SET-2", "That is more than a day ago: the prescriber puts it right themselves.")]
    if not is_coming and came_at is None:
        return [block_at("member", "SET-2", "This prescriber isn't on site.")]
    if not is_coming and came_at is not None and at < came_at:
        return [block_at("at", "SET-2", "Nobody leaves before they came.")]
    return []


def correction_findings(
    *,
    came_at: datetime,
    left_at: datetime | None,
    day_ends_at: datetime,
    others: Iterable[Presence],
    may_stand_open: bool,
    reason: str,
    now: datetime,
) -> list[Finding]:
    """Why a person can't say this about their own presence (SET-2). `day_ends_at` is the midnight after coming; `others` their other stays."""
    if not reason.strip():
        return [block_at("reason", "SET-2", "Say why it is put right only now.")]
    if came_at > now or (left_at is not None and left_at > now):
        return [block_at("came_at" if came_at > now else "left_at", "SET-2", "That time hasn't come yet.")]
    if came_at < now - OLDEST:
        return [block_at("came_at", "SET-2", f"That is more than {OLDEST.days} days ago.")]
    if left_at is not None and not came_at <= left_at <= day_ends_at:
        return [block_at("left_at", "SET-2", "Leave after you came, and on the same day.")]
    if left_at is None and not may_stand_open:
        return [block_at("left_at", "SET-2", "Say when you left.")]
    until = left_at or day_ends_at
    if any(stay.came_at < until and came_at < stay.ended_at for stay in others):
        return [block_at("came_at", "SET-2", "You are on record at that time already: correct that stay instead.")]
    return []
