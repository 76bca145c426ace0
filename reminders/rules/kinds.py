"""The kinds of messages: of what they speak, how much they matter, when each is due and from when it helps nobody (MSG-5, MSG-7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from reminders.rules import moments
from reminders.rules.driver import DRIVER_GRACE, DRIVER_LEAD


class Kind(StrEnum):
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    THREE_DAYS = "three_days"
    DAY_BEFORE = "day_before"
    MORNING = "morning"
    AFTER = "after"
    MISSED = "missed"
    SUMMARY = "summary"
    ANSWER = "answer"
    DRIVER = "driver"


# What a message of a kind waits for: a visit to come, news of a slot, or the end of one.
UPCOMING = (Kind.THREE_DAYS, Kind.DAY_BEFORE, Kind.MORNING)
NEWS = (Kind.BOOKED, Kind.MOVED, Kind.CANCELLED)
PAST = (Kind.AFTER, Kind.MISSED)
# Those whose words a site may change; an answer's and the driver's are fixed.
WORDED = tuple(kind for kind in Kind if kind not in (Kind.ANSWER, Kind.DRIVER))


@dataclass(frozen=True)
class Slot:
    """A visit as messages see it. Times in UTC; `set_at` is when the slot was last booked, moved or given up."""

    starts_at: datetime
    ends_at: datetime
    set_at: datetime
    zone: ZoneInfo
    hours: moments.Hours = moments.LAWFUL


@dataclass(frozen=True)
class Window:
    """From when on a message may go, and from when it helps nobody."""

    due_at: datetime
    useless_at: datetime


@dataclass(frozen=True)
class KindRule:
    """`rank`: a smaller one matters more, and is the last to be dropped when the texts of a week don't reach (MSG-1)."""

    rank: int
    window: Callable[[Slot], Window]


def three_days(slot: Slot) -> Window:
    """Useless once the reminder of the day before takes over."""
    return Window(
        moments.days_before(starts_at=slot.starts_at, days=3, zone=slot.zone), moments.day_before_due_at(starts_at=slot.starts_at, zone=slot.zone)
    )


def day_before(slot: Slot) -> Window:
    return Window(moments.day_before_due_at(starts_at=slot.starts_at, zone=slot.zone), moments.useless_from(starts_at=slot.starts_at))


def morning(slot: Slot) -> Window:
    return Window(moments.morning_due_at(starts_at=slot.starts_at, zone=slot.zone), slot.starts_at - moments.MORNING_NOTICE)


def news(slot: Slot) -> Window:
    """At once, and for two days at the most; a visit that has begun needs no news."""
    return Window(slot.set_at, min(slot.set_at + moments.NEWS_FOR, slot.starts_at))


def after(slot: Slot) -> Window:
    due_at = moments.day_after_due_at(ended_at=slot.ends_at, zone=slot.zone)
    return Window(due_at, due_at + moments.NEWS_FOR)


def missed(slot: Slot) -> Window:
    """From the visit's time on; the safety call comes first where one is due (MSG-7)."""
    return Window(slot.starts_at, slot.starts_at + moments.NEWS_FOR)


def answer(slot: Slot) -> Window:
    """At once and at any hour: the one direct answer to a patient's own text (MSG-3)."""
    return Window(slot.set_at, slot.set_at + moments.ANSWER_FOR)


def driver(slot: Slot) -> Window:
    """The slot's end is when the watch is over, by the real clock; told well after that it helps nobody."""
    return Window(slot.ends_at - DRIVER_LEAD, slot.ends_at + DRIVER_GRACE)


RULES: dict[Kind, KindRule] = {
    Kind.ANSWER: KindRule(0, answer),
    Kind.CANCELLED: KindRule(1, news),
    Kind.MOVED: KindRule(2, news),
    Kind.DAY_BEFORE: KindRule(3, day_before),
    Kind.MORNING: KindRule(4, morning),
    Kind.MISSED: KindRule(5, missed),
    Kind.THREE_DAYS: KindRule(6, three_days),
    Kind.SUMMARY: KindRule(7, news),
    Kind.BOOKED: KindRule(8, news),
    Kind.AFTER: KindRule(9, after),
    Kind.DRIVER: KindRule(10, driver),
}


def first_moments(starts_at: datetime, zone: ZoneInfo) -> dict[Kind, datetime]:
    """When the reminders are due for which others stand back."""
    return {
        Kind.DAY_BEFORE: moments.day_before_due_at(starts_at=starts_at, zone=zone),
        Kind.MORNING: moments.morning_due_at(starts_at=starts_at, zone=zone),
    }


def window_of(kind: Kind, slot: Slot, *, now: datetime) -> Window | None:
    """When a message of a kind goes, never before `now` nor in quiet hours (MSG-3); None when that would be too late to help."""
    window = RULES[kind].window(slot)
    due_at = moments.next_allowed(max(window.due_at, now), slot.zone, slot.hours)
    return Window(due_at, window.useless_at) if due_at < window.useless_at else None
