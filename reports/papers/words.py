"""Times, people and rows of a binder in words; every time is the site's."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

NONE = "-"


def day(value: date | None) -> str:
    return f"{value:%a} {value.day} {value:%b %Y}" if value is not None else NONE


class Clock:
    """Moments as the site's wall shows them."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def time(self, moment: datetime | None, on: date | None = None) -> str:
        """`14:05`, with its day where that is another one than `on`."""
        if moment is None:
            return NONE
        wall = moment.astimezone(self.zone)
        return f"{wall:%H:%M}" if on is None or wall.date() == on else f"{wall.day} {wall:%b} {wall:%H:%M}"

    def full(self, moment: datetime | None) -> str:
        if moment is None:
            return NONE
        wall = moment.astimezone(self.zone)
        return f"{wall.day} {wall:%b %Y, %H:%M %Z}"

    def iso(self, moment: datetime | None) -> str:
        return moment.astimezone(self.zone).isoformat() if moment is not None else ""


def who(fact: Any) -> str:
    """Who wrote it: a person, a screen or the patient's link."""
    return fact.recorded_by.printed_name if fact.recorded_by is not None else fact.get_recorded_via_display()


def observer(fact: Any) -> str:
    """Who saw it."""
    return fact.observed_by.printed_name if fact.observed_by is not None else who(fact)


def name(person: Any) -> str:
    return person.printed_name if person is not None else NONE


def n_o(value: object) -> str:
    """A reading; "n/o" is "not obtained"."""
    return "n/o" if value in (None, "") else str(value)
