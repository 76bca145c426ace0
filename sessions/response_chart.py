"""Where the lines, marks and bands of a response chart lie: one scale over the days of a course, with the doses below (DOS-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sessions.rules.benefit import Change, Point

WIDTH, HEIGHT = 480, 196
LEFT, RIGHT = 36, 468
TOP, BOTTOM = 14, 138
DOSE_TOP = 146
LABEL_GAP = 26
# The first score's number stands clear of the scale.
LABEL_INSET = 12
WEEK = 7
# So many weeks have room for a mark each.
MOST_MARKS = 12
TALLEST_MG = 84
TALLEST = 16.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A score; `label` is empty where it would crowd its neighbour."""

    x: str
    y: str
    label: str
    label_x: str
    label_y: str


@dataclass(frozen=True, slots=True)
class Stick:
    """A dosed day, as tall as its dose."""

    x: str
    top: str
    mg: int


@dataclass(frozen=True, slots=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True, slots=True)
class ResponseChart:
    """All that the template draws; coordinates are text, so that no locale can change their decimal point."""

    line: str
    marks: tuple[Mark, ...]
    doses: tuple[Stick, ...]
    weeks: tuple[Tick, ...]
    totals: tuple[Tick, ...]
    remission_y: str
    remission_height: str
    response_y: str
    start_x: str
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    dose_bottom: str = f"{DOSE_TOP + TALLEST:.1f}"


def response_chart(
    name: str, points: Sequence[Point], change: Change, doses: Iterable[tuple[date, int]], *, highest: int, began_on: date | None, today: date
) -> ResponseChart:
    """The chart of one scale: `points` in order of time, `doses` as (day, mg). Weeks count from the course's first day."""
    given = [(day, mg) for day, mg in doses]
    start = began_on or (points[0].on if points else today)
    first = min([start, *(point.on for point in points)])
    days = max((today - first).days, (start - first).days + 4 * WEEK)
    base = change.baseline

    def across(day: date) -> float:
        return LEFT + (RIGHT - LEFT) * (day - first).days / days

    def up(total: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * total / highest

    return ResponseChart(
        line=" ".join(f"{across(point.on):.1f},{up(point.total):.1f}" for point in points) if len(points) > 1 else "",
        marks=marks([(across(point.on), up(point.total), point.total) for point in points]),
        doses=tuple(Stick(f"{across(day):.1f}", f"{DOSE_TOP + TALLEST * (1 - min(mg / TALLEST_MG, 1)):.1f}", mg) for day, mg in given if day >= first),
        weeks=week_ticks((start - first).days, days),
        totals=tuple(Tick(f"{up(total):.1f}", str(total)) for total in (0, highest // 3, highest * 2 // 3, highest)),
        remission_y=f"{up(change.remission_at_most):.1f}", remission_height=f"{BOTTOM - up(change.remission_at_most):.1f}",
        response_y=f"{up(base.total / 2):.1f}" if base is not None and base.total else "",
        start_x=f"{across(start):.1f}" if began_on is not None else "",
        summary=summary(name, points, given),
    )  # fmt: skip


def marks(places: Sequence[tuple[float, float, int]]) -> tuple[Mark, ...]:
    """The newest has its number first, then the first, then what finds room."""
    count = len(places)
    order = sorted(range(count), key=lambda place: (place != count - 1, place != 0, -place))
    labelled: list[float] = []
    shown = set()
    for place in order:
        if all(abs(places[place][0] - other) >= LABEL_GAP for other in labelled):
            labelled.append(places[place][0])
            shown.add(place)
    return tuple(
        Mark(
            f"{x:.1f}",
            f"{y:.1f}",
            str(total) if place in shown else "",
            f"{max(x, LEFT + LABEL_INSET):.1f}",
            f"{y - 8 if y - 18 > 0 else y + 18:.1f}",
        )
        for place, (x, y, total) in enumerate(places)
    )


def week_ticks(offset: int, days: int) -> tuple[Tick, ...]:
    """Ends of weeks since the start, every 2nd, 4th, 8th … where they are many."""
    weeks = (days - offset) // WEEK
    step = 1
    while weeks // step > MOST_MARKS:
        step *= 2
    return tuple(Tick(f"{LEFT + (RIGHT - LEFT) * (offset + week * WEEK) / days:.1f}", str(week)) for week in range(0, weeks + 1, step))


def summary(name: str, points: Sequence[Point], doses: Sequence[tuple[date, int]]) -> str:
    """What the picture shows, in words, for people who don't see it."""
    if not points:
        return f"{name}: no score yet."
    told = f"{name}: {points[-1].total} on {points[-1].on:%-d %b %Y}"
    if len(points) > 1:
        told += f", {points[0].total} on {points[0].on:%-d %b %Y}"
    return f"{told}; {len(points)} scores, {len(doses)} dosed sessions."
