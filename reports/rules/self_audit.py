"""The weekly self-audit: when it is due, which days it judges, what a finding is, how old one is, and when the rules close it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from clinic.rules.opening import earliest, local_day
from reports.rules import MEASURES, Answer, Kind, Measure, SessionFacts

RUNS_AT = time(6)
# A form is judged after a week, a call a day later, a paper entry days later: each visit is looked at for five Mondays.
REACH = timedelta(days=35)
FARTHEST = timedelta(days=365)
WEEK = timedelta(days=7)
OLD_DAYS = 28
UNPLANNED_DAYS = 7
DAYS_TO_ACT = timedelta(days=14)
# What another measure of the same visit says already.
COVERED = {"pressures": "its three moments", "watched_last": "watched", "watched_first": "watched"}
# No target, and yet each one is a rule that was broken.
ALSO = frozenset({"breaches"})
AUDITED: tuple[Measure, ...] = tuple(one for one in MEASURES if one.code in ALSO or (one.kind is Kind.KEPT and one.code not in COVERED))


def due_week(now: datetime, zone: ZoneInfo) -> date:
    """The last Monday that has reached six o'clock on the site's wall."""
    today = local_day(now, zone)
    monday = today - timedelta(days=today.weekday())
    return monday if now >= runs_at(monday, zone) else monday - WEEK


def runs_at(monday: date, zone: ZoneInfo) -> datetime:
    return earliest(monday, RUNS_AT, zone)


def judged_days(week_on: date, last_week_on: date | None) -> tuple[date, date]:
    """The days that an audit judges: those before its Monday, back to what the last audit left open, a year at most."""
    since = min(week_on, last_week_on + WEEK) if last_week_on is not None else week_on
    return max(since - REACH, week_on - FARTHEST), week_on - timedelta(days=1)


class Short(NamedTuple):
    """What fell short: a visit in one measure, or the site itself (`session` None). `key` is the same every week."""

    key: str
    measure: str
    rule: str
    session: int | None
    words: str


def falls_short(measure: Measure, answer: Answer) -> bool:
    return answer.hits > 0 if measure.code in ALSO else answer.hits < answer.of


def shortfalls(visits: Iterable[SessionFacts], today: date) -> list[Short]:
    """Every visit in every audited measure in which it fell short, in the visits' order."""
    found = []
    for facts in visits:
        for measure in AUDITED:
            answer = measure.answer(facts, today)
            if answer is not None and falls_short(measure, answer):
                found.append(Short(f"{measure.code}:{facts.pk}", measure.code, measure.rule, facts.pk, words_of(measure, answer, facts)))
    return found


def words_of(measure: Measure, answer: Answer, facts: SessionFacts) -> str:
    said = measure.detail(facts) if measure.detail is not None else ""
    return said or (f"{answer.hits} of {answer.of}" if answer.of > 1 else "")


def recheck_on(due_on: date) -> date:
    """The first Monday with a whole week of visits behind the due date."""
    day = due_on + WEEK
    return day + timedelta(days=-day.weekday() % 7)


class Verdict(StrEnum):
    MENDED = "mended"  # what fell short keeps the rule now
    KEPT = "kept"  # every visit since the due date has kept it
    AGAIN = "again"  # another one has fallen short since
    NOTHING = "nothing"  # nothing to judge since


CLOSING = frozenset({Verdict.MENDED, Verdict.KEPT})


class Recheck(NamedTuple):
    verdict: Verdict
    counted: int = 0
    short: int = 0


def rechecked(measure: Measure, visits: Sequence[SessionFacts], *, today: date) -> Recheck:
    """Whether the practice has changed: the same measure over the visits after the due date."""
    answers = [answer for facts in visits if (answer := measure.answer(facts, today)) is not None]
    short = sum(falls_short(measure, answer) for answer in answers)
    if not answers:
        return Recheck(Verdict.NOTHING)
    return Recheck(Verdict.AGAIN if short else Verdict.KEPT, len(answers), short)


class Tone(StrEnum):
    ACT = "act"
    WARN = "warn"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Age:
    """How an open finding stands on a day, in words; red is for what has lain too long or fell short again."""

    days: int
    tone: Tone
    words: str


def age_of(*, found_on: date, due_on: date | None, recheck: date | None, last: str, today: date) -> Age:
    """`last` is the last verdict of a re-check, empty before one."""
    days = (today - found_on).days
    if days >= OLD_DAYS:
        return Age(days, Tone.ACT, f"Old: open for {days} days")
    if last == Verdict.AGAIN:
        return Age(days, Tone.ACT, "Fell short again")
    if due_on is None or recheck is None:
        return Age(days, Tone.ACT if days >= UNPLANNED_DAYS else Tone.WARN, f"Nobody’s for {days} days" if days >= UNPLANNED_DAYS else "Nobody’s yet")
    if today > due_on:
        return Age(days, Tone.WARN, f"Re-check on {recheck.day} {recheck:%b}")
    return Age(days, Tone.NEUTRAL, f"Due on {due_on.day} {due_on:%b}")
