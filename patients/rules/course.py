"""Where a course stands on a day: number, week, phase. The one place that decides it, for chart, board, sessions and reports (DOS-3, DOS-4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TRD, MDSI = "trd", "mdsi"
INDUCTION_WEEKS = 4
WEEKLY_UNTIL_WEEK = 8


class Phase(StrEnum):
    """TRD: induction (weeks 1–4), weekly (5–8), maintenance (9 on). MDSI: induction, then beyond."""

    INDUCTION = "induction"
    WEEKLY = "weekly"
    MAINTENANCE = "maintenance"
    BEYOND = "beyond"

    @property
    def words(self) -> str:
        return _WORDS[self][0]

    @property
    def rhythm(self) -> str:
        return _WORDS[self][1]


_WORDS: dict[Phase, tuple[str, str]] = {
    Phase.INDUCTION: ("Induction", "twice a week"),
    Phase.WEEKLY: ("Weekly", "once a week"),
    Phase.MAINTENANCE: ("Maintenance", "every one or two weeks"),
    Phase.BEYOND: ("Beyond four weeks", "not systematically evaluated"),
}


@dataclass(frozen=True, slots=True)
class CoursePosition:
    """`day` counts from 0 and `week` from 1; both stand at their start while nothing has been dosed (`began_on` is None)."""

    indication: str
    sessions_done: int
    next_number: int
    began_on: date | None
    last_on: date | None
    day: int
    week: int
    phase: Phase
    days_since_last: int | None

    @property
    def has_begun(self) -> bool:
        return self.began_on is not None

    @property
    def words(self) -> str:
        """For a list: "Session 5 next · week 2, induction"."""
        where = f"week {self.week}, {self.phase.words.lower()}" if self.has_begun else "not begun"
        return f"Session {self.next_number} next · {where}"

    @property
    def own_words(self) -> str:
        """Of a visit, where the position is that of the days before it: "session 5, week 2, induction"."""
        return f"session {self.next_number}, week {self.week}, {self.phase.words.lower()}"


def phase_of(indication: str, week: int) -> Phase:
    """The phase of a course's week, from 1 (DOS-3, DOS-4)."""
    if week <= INDUCTION_WEEKS:
        return Phase.INDUCTION
    if indication == MDSI:
        return Phase.BEYOND
    return Phase.WEEKLY if week <= WEEKLY_UNTIL_WEEK else Phase.MAINTENANCE


def week_of(began_on: date, day: date) -> int:
    """The course's week from 1: days 0–6 are week 1, so days 0–27 are weeks 1–4 (DOS-3). Counts local dates, so no clock change matters."""
    return max(0, (day - began_on).days) // 7 + 1


def begun_on(first_on: date | None, earlier_first_on: date | None) -> date | None:
    """The course's first dosed day, here or elsewhere: its weeks count from it (DOS-3)."""
    return min((day for day in (first_on, earlier_first_on) if day is not None), default=None)


def course_position(
    indication: str,
    first_dosed_on: date | None,
    dosed_days: Iterable[date],
    earlier_sessions: int,
    earlier_first_on: date | None,
    today: date,
    *,
    earlier_last_on: date | None = None,
) -> CoursePosition:
    """Where the course stands on `today`, from the site-local days of its dosed sessions here (up to today) and elsewhere.

    `first_dosed_on` is the first of `dosed_days`, and may be None: then it is found. For a session's own number
    pass the days before that session: `next_number` is then its number. Days after `today` are left out (DOS-3).
    """
    days = [day for day in dosed_days if day <= today]
    first = min([*days, *([first_dosed_on] if first_dosed_on and first_dosed_on <= today else [])], default=None)
    return position_from_counts(
        indication=indication, sessions_here=len(days), first_on=first, last_on=max(days, default=None),
        earlier_sessions=earlier_sessions, earlier_first_on=earlier_first_on, earlier_last_on=earlier_last_on, today=today,
    )  # fmt: skip


def position_from_counts(
    *,
    indication: str,
    sessions_here: int,
    first_on: date | None,
    last_on: date | None,
    today: date,
    earlier_sessions: int = 0,
    earlier_first_on: date | None = None,
    earlier_last_on: date | None = None,
) -> CoursePosition:
    """The same, for lists that have counted in the database: how many dosed sessions here, the first day and the last."""
    began_on = begun_on(first_on, earlier_first_on)
    last = max((day for day in (last_on, earlier_last_on) if day is not None), default=None)
    done = earlier_sessions + sessions_here
    day = max(0, (today - began_on).days) if began_on is not None else 0
    week = week_of(began_on or today, today)
    return CoursePosition(
        indication=indication, sessions_done=done, next_number=done + 1, began_on=began_on, last_on=last,
        day=day, week=week, phase=phase_of(indication, week), days_since_last=(today - last).days if last is not None else None,
    )  # fmt: skip
