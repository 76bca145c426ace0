"""Where the bars of the traffic and the lines of a trend lie: pure geometry for templates/reports/_traffic.html and _spark.html."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.rules import Kind
from reports.rules.overview import Line, Point, Span, Traffic

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 712, 16, 176
SPARK_WIDTH, SPARK_HEIGHT, EDGE = 130, 34, 5
# Around the place where the pen stands.
DOT, DIAMOND = "m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z", "m0-4l4 4-4 4-4-4z"


@dataclass(frozen=True, slots=True)
class Bar:
    """One span: sessions with a spray below, visits that came to nothing above; `label` names its first day."""

    x: str
    width: str
    dosed_y: str
    dosed_height: str
    other_y: str
    other_height: str
    middle: str
    label: str
    total: int
    total_y: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True, slots=True)
class TrafficChart:
    """Coordinates are text, so that no locale can change their decimal point."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    summary: str
    width: int = WIDTH
    height: int = HEIGHT


def step_of(highest: int) -> int:
    """The distance of the grid's lines: 1, 2 or 5 with noughts, four lines at most."""
    scale = 1
    while True:
        for step in (1, 2, 5):
            if step * scale * 4 >= highest:
                return step * scale
        scale *= 10


def traffic_chart(spans: Sequence[Span], traffic: Sequence[Traffic]) -> TrafficChart:
    highest = max(max((one.dosed + one.other for one in traffic), default=0), 1)
    step = step_of(highest)
    top = -(-highest // step) * step
    room = (RIGHT - LEFT) / len(spans)

    def up(count: int) -> float:
        return BOTTOM - (BOTTOM - TOP) * count / top

    def bar(place: int, span: Span, one: Traffic) -> Bar:
        x, total = LEFT + room * (place + 0.16), one.dosed + one.other
        return Bar(
            f"{x:.1f}", f"{room * 0.68:.1f}", f"{up(one.dosed):.1f}", f"{BOTTOM - up(one.dosed):.1f}", f"{up(total):.1f}",
            f"{up(one.dosed) - up(total):.1f}", f"{x + room * 0.34:.1f}", f"{span.first.day} {span.first:%b}", total, f"{up(total) - 4:.1f}",
        )  # fmt: skip

    bars = tuple(bar(*one) for one in zip(range(len(spans)), spans, traffic, strict=True))
    ticks = tuple(Tick(f"{up(count):.1f}", str(count)) for count in range(0, top + 1, step))
    dosed, other = sum(one.dosed for one in traffic), sum(one.other for one in traffic)
    return TrafficChart(bars, ticks, f"{dosed} sessions with a spray and {other} visits that came to none, in {len(spans)} stretches of days.")


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line in whole points, for fifty of them weigh; `lines` break where nothing was counted. `dots` are its lone points, `short` those that fell short: a path of all of them.

    `cells`: each point in a table, a dash where nothing was counted.
    """

    lines: tuple[str, ...]
    dots: str
    short: str
    summary: str
    cells: tuple[str, ...]
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


def spark(line: Line) -> Spark:
    points, kind = line.points, line.measure.kind
    room = (SPARK_WIDTH - 2 * EDGE) / max(len(points) - 1, 1)
    tallest = 100.0 if kind is Kind.KEPT else max(max((point.value or 0 for point in points), default=0), 1.0)

    def place(number: int, point: Point) -> tuple[str, str]:
        value = point.value if point.value is not None else 0.0
        return str(round(EDGE + room * number)), str(round(SPARK_HEIGHT - EDGE - (SPARK_HEIGHT - 2 * EDGE) * value / tallest))

    runs = runs_of(points)
    lines = tuple(" ".join(",".join(corner) for corner in corners([place(number, points[number]) for number in run])) for run in runs if len(run) > 1)
    lone = (place(run[0], points[run[0]]) for run in runs if len(run) == 1)
    short = (
        place(number, point) for number, point in enumerate(points) if kind is Kind.KEPT and point.of and point.kept < line.measure.target * point.of
    )
    cells = tuple("–" if point.value is None else brief(point.value) for point in points)
    return Spark(lines, drawn(DOT, lone), drawn(DIAMOND, short), summary(line), cells)


def drawn(mark: str, places: Iterable[tuple[str, str]]) -> str:
    return "".join(f"M{x} {y}{mark}" for x, y in places)


def brief(number: float) -> str:
    """With a decimal only where it has one."""
    return f"{number:.1f}".removesuffix(".0")


def corners(places: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without the points in the middle of a level stretch: the line stays the same."""
    inner = range(1, len(places) - 1)
    level = {number for number in inner if places[number - 1][1] == places[number][1] == places[number + 1][1]}
    return [place for number, place in enumerate(places) if number not in level]


def runs_of(points: Sequence[Point]) -> list[list[int]]:
    """Stretches of neighbours that have a value."""
    runs: list[list[int]] = []
    for number, point in enumerate(points):
        if point.value is None:
            continue
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def summary(line: Line) -> str:
    """What the picture shows, in words."""
    values = [point.value for point in line.points if point.value is not None]
    unit = line.measure.unit if line.result.is_amount else "%"
    if not values:
        return "Nothing counted."
    told = f"From {values[0]:.0f} to {values[-1]:.0f} {unit}, lowest {min(values):.0f}, highest {max(values):.0f}"
    return f"{told}; {line.change}." if line.is_clear else f"{told}."
