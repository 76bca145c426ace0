"""May I start now? Whether planned checks fall together with other chairs', and the latest first device (MON-9, DOS-9)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from clinic.findings import Finding, Level
from sessions.rules.booking import LEAVING_MARGIN

# One check keeps one pair of hands busy that long. Source: practice.
CHECK_TAKES = timedelta(minutes=5)
# How far away a cleaner start is looked for.
REACH = timedelta(minutes=60)


class Due(NamedTuple):
    """One planned check; `minute` None is the one at the end of the watch."""

    at: datetime
    minute: int | None
    chair: str = ""


class Collision(NamedTuple):
    mine: Due
    others: tuple[Due, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a session's checks follow from once its devices are given: the template's minutes, `shift` after the first device
    where they count from the last; `ends_after` the first device the minimum watch is served. A check not older than `final`
    at that moment is the one at the end too (MON-3)."""

    minutes: tuple[int, ...]
    shift: timedelta
    ends_after: timedelta
    final: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A start that somebody thinks of, and the floor around it.

    `others` are the checks of other chairs, `hands` the monitors who share them, `watched` the chairs watched beside this one.
    `cleared` are the chairs whose patients are cleared and not dosed yet. `candidates` are other starts, the nearest first.
    `ratio` None: who will be on duty isn't known yet.
    """

    starts_at: datetime
    watch: Watch
    others: tuple[Due, ...]
    hands: int
    candidates: tuple[datetime, ...]
    watched: int
    ratio: int | None
    cleared: tuple[str, ...] = ()
    verb: str = "Starting at"
    lead: timedelta = timedelta(0)


class Ending(NamedTuple):
    """Something that everybody must be out before: `kind` is closing, prescriber or ride."""

    at: datetime
    kind: str


WORDS_OF = {"closing": "closing", "prescriber": "the last prescriber’s leaving", "ride": "the ride"}


class LatestStart(NamedTuple):
    at: datetime
    ending: Ending

    @property
    def words(self) -> str:
        return WORDS_OF[self.ending.kind]


def planned_dues(first_device_at: datetime, watch: Watch, chair: str = "") -> list[Due]:
    """When a session's checks fall due, the one at the end of the watch with them (MON-3)."""
    dues = [Due(first_device_at + watch.shift + timedelta(minutes=minute), minute, chair) for minute in watch.minutes if minute > 0]
    end = first_device_at + watch.ends_after
    if not dues or end - dues[-1].at > watch.final:
        dues.append(Due(end, None, chair))
    return dues


def collisions(mine: Iterable[Due], others: Iterable[Due], *, hands: int) -> list[Collision]:
    """The checks that fall together with so many others that the monitors on duty can't take them all at once (MON-9)."""
    listed = sorted(others)
    found = []
    for due in mine:
        near = tuple(other for other in listed if abs(other.at - due.at) < CHECK_TAKES)
        if near and 1 + most_at_once(due, near) > max(1, hands):
            found.append(Collision(due, near))
    return found


def most_at_once(due: Due, near: Iterable[Due]) -> int:
    """How many of the others are being taken at the busiest moment of this check."""
    listed = list(near)
    moments = [due.at, *(other.at for other in listed if other.at >= due.at)]
    return max(sum(other.at <= moment < other.at + CHECK_TAKES for other in listed) for moment in moments)


def clean_start(forecast: Forecast) -> datetime | None:
    """The nearest other start whose checks all stand apart; None where none does."""
    return next((start for start in forecast.candidates if not collisions_at(forecast, start)), None)


def collisions_at(forecast: Forecast, start: datetime) -> list[Collision]:
    return collisions(planned_dues(start, forecast.watch), forecast.others, hands=forecast.hands)


def minutes_from(at: datetime, until: datetime | None) -> Iterator[datetime]:
    """The full minutes after a moment, as far as it makes sense to look."""
    start = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    last = at + REACH if until is None else min(at + REACH, until)
    while start <= last:
        yield start
        start += timedelta(minutes=1)


def around(at: datetime, *, first: datetime, last: datetime, step: timedelta) -> list[datetime]:
    """Other starts before and after a moment, the nearest first, the earlier of two as near."""
    reach = int(REACH / step)
    return [moment for offset in range(1, reach + 1) for moment in (at - offset * step, at + offset * step) if first <= moment <= last]


def forecast_findings(forecast: Forecast, clock: Callable[[datetime], str]) -> list[Finding]:
    """What to know before starting: notes, never a block (MON-9). `clock` writes a moment as the site's wall shows it."""
    return [*check_findings(forecast, clock), *cleared_findings(forecast), *ratio_findings(forecast)]


def check_findings(forecast: Forecast, clock: Callable[[datetime], str]) -> list[Finding]:
    found = collisions_at(forecast, forecast.starts_at)
    if not found:
        return []
    better = clean_start(forecast)
    if better is None:
        advice = "No start within the hour keeps all checks apart."
    else:
        advice = f"{forecast.verb} {clock(better - forecast.lead)} keeps them apart."
    words = " ".join(collision_words(one, clock) for one in found)
    hands = f" {forecast.hands} monitors share them." if forecast.hands > 1 else ""
    return [Finding("MON-9", Level.NOTE, f"{words}{hands} {advice}", code="MON-9.checks", field="starts_at")]


def cleared_findings(forecast: Forecast) -> list[Finding]:
    """Who may start at any minute: nobody knows yet when their checks fall, so that the two agree who goes first (MON-9)."""
    if not forecast.cleared:
        return []
    are = "is" if len(forecast.cleared) == 1 else "are"
    text = f"{listed(list(forecast.cleared))} {are} cleared and may start at any minute."
    if 1 + len(forecast.cleared) > max(1, forecast.hands):
        text += " Started within five minutes of each other, their checks fall together: agree who goes first."
    return [Finding("MON-9", Level.NOTE, text, code="MON-9.cleared", field="starts_at")]


def collision_words(collision: Collision, clock: Callable[[datetime], str]) -> str:
    others = [f"{other.chair}’s at {clock(other.at)}" for other in collision.others]
    return f"Its {check_words(collision.mine.minute)} falls together with {listed(others)}."


def check_words(minute: int | None) -> str:
    return "last check" if minute is None else f"{minute}-minute check"


def listed(words: list[str]) -> str:
    """ "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def ratio_findings(forecast: Forecast) -> list[Finding]:
    """More chairs than the site wants per monitor (MON-9); without any monitor the gate blocks already (SET-3)."""
    chairs, ratio = forecast.watched + len(forecast.cleared) + 1, forecast.ratio
    if ratio is None or forecast.hands < 1 or chairs <= ratio * forecast.hands:
        return []
    monitors = "one monitor" if forecast.hands == 1 else f"{forecast.hands} monitors"
    each = "one chair" if ratio == 1 else f"{ratio} chairs"
    those = "With this one and those cleared" if forecast.cleared else "With this one"
    text = f"{those} {chairs} chairs are watched by {monitors}; the site wants {each} each at most."
    return [Finding("MON-9", Level.NOTE, text, code="MON-9.ratio")]


def latest_starts(endings: Iterable[Ending], *, dosing: timedelta, minimum_watch: timedelta) -> list[LatestStart]:
    """The latest first device before each known end: dosing, the minimum watch and half an hour come before it (DOS-9). The tightest first."""
    return sorted(LatestStart(ending.at - dosing - minimum_watch - LEAVING_MARGIN, ending) for ending in endings)


def prescribers_end(leaving: Iterable[datetime | None]) -> datetime | None:
    """When the last prescriber on site plans to leave (SET-2); None where one of them stays to closing, or nobody is here."""
    planned = list(leaving)
    known = [at for at in planned if at is not None]
    return max(known) if known and len(known) == len(planned) else None


def latest_findings(latest: Iterable[LatestStart], *, at: datetime, clock: Callable[[datetime], str]) -> list[Finding]:
    """Past a latest start a prescriber decides (DOS-9). A plan that changes is decided anew: its time is in the key."""
    return [
        Finding("DOS-9", Level.DECISION, late_text(one, clock), code=late_code(one.ending), field="way_home" if one.ending.kind == "ride" else "")
        for one in latest
        if at > one.at
    ]


def late_text(latest: LatestStart, clock: Callable[[datetime], str]) -> str:
    ending = latest.ending
    return f"The latest start today was {clock(latest.at)}: two hours and the way out would run past {latest.words} ({clock(ending.at)})."


def late_code(ending: Ending) -> str:
    return "DOS-9.start" if ending.kind == "closing" else f"DOS-9.{ending.kind}.{ending.at:%d%H%M}"
