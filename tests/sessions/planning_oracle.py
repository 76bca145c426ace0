"""A naive judge of proposals: it asks every rule afresh, minute by minute and day by day, and shares no code with the planner."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
LENGTH = timedelta(minutes=180)


class World(NamedTuple):
    """What the proposal had to fit into. `hours` are (weekday, opens, closes); `taken` (chair, starts, ends)."""

    zone: ZoneInfo
    now: datetime
    hours: list[tuple[int, time, time]]
    closed: set[date]
    chairs: list[int]
    taken: list[tuple[int, datetime, datetime]]
    own_days: list[date]
    gap: int
    at_once: int


def broken(world: World, start: datetime, chair: int, dose_mg: int, days: Iterable[date]) -> list[str]:
    """The rules that one visit breaks; `days` are all of the patient's days, this one included."""
    local, end = start.astimezone(world.zone), (start + LENGTH).astimezone(world.zone)
    day, found = local.date(), []
    doors = [(opens, closes) for weekday, opens, closes in world.hours if weekday == day.weekday() and day not in world.closed]
    inside = [closes for opens, closes in doors if local.time() >= opens and end.date() == day and end.time() <= closes]
    if not inside:
        found.append("hours")
    elif start + timedelta(minutes=30 + 5 * (dose_mg // 28 - 1) + 150) > datetime.combine(day, max(inside), tzinfo=world.zone).astimezone(
        start.tzinfo
    ):
        found.append("latest start")
    if start < world.now:
        found.append("past")
    if chair not in world.chairs or any(c == chair and a < start + LENGTH and start < b for c, a, b in world.taken):
        found.append("chair")
    if any(sum(a <= at < b for _, a, b in world.taken) >= world.at_once for at in (start + n * QUARTER for n in range(12))):
        found.append("staff")
    return found + broken_rhythm(world, day, list(days))


def broken_rhythm(world: World, day: date, days: list[date]) -> list[str]:
    found = []
    if days.count(day) != 1:
        found.append("twice a day")
    others = [other for other in days if other != day]
    if any(abs((other - day).days) < world.gap for other in others):
        found.append("gap")
    began = min(days)
    for one in sorted(days):
        earlier = [other for other in days if other < one]
        if not day <= one <= day + timedelta(days=7) or not earlier:
            continue
        in_seven = [other for other in earlier if (one - other).days < 7]
        if (one - began).days < 28 and (len(in_seven) > 1 or (one - max(earlier)).days < 2):
            found.append("more than twice in seven days")
        if (one - began).days >= 28 and (one - max(earlier)).days < 6:
            found.append("more than weekly")
    return found


def legal_starts(world: World, day: date) -> list[datetime]:
    """Every quarter of an hour of a day."""
    begin = datetime.combine(day, time.min, tzinfo=world.zone).astimezone(world.now.tzinfo)
    return [begin + n * QUARTER for n in range(100) if (begin + n * QUARTER).astimezone(world.zone).date() == day]
