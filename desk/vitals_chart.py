"""Where the lines, marks and bands of the vitals chart lie: pure geometry for templates/components/_vitals_chart.html (MON-3, MON-4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sessions.rules.alerts import Limits, pressure_beyond, spo2_beyond
from sessions.rules.own_history import Span

WIDTH, HEIGHT = 480, 304
LEFT, RIGHT = 36, 468
PRESSURE_TOP, PRESSURE_BOTTOM = 26, 196
OXYGEN_TOP, OXYGEN_BOTTOM = 214, 268
SPAN = 150
EARLIEST = -40
# Left of the first reading, so that its numbers don't lie on the axis's.
ROOM = 8
LABEL_GAP = 46
LABEL_HEIGHT = 13


@dataclass(frozen=True, slots=True)
class Reading:
    """One check, in whole or part minutes from the first device; what was not obtained is None and leaves a gap (MON-7)."""

    minute: float
    systolic: int | None = None
    diastolic: int | None = None
    spo2: int | None = None
    pulse: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A value on the chart. `level` is "", "high" or "critical"; `label` is empty where it would crowd its neighbour."""

    x: str
    y: str
    level: str
    label: str = ""
    label_y: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """The span from diastolic to systolic of one check."""

    x: str
    top: str
    bottom: str
    level: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned check: `state` is a `sessions.rules.clocks.CheckState` (done, late, due, later, missed)."""

    x: str
    minute: int
    state: str


@dataclass(frozen=True, slots=True)
class Band:
    """An area beyond a limit."""

    y: str
    height: str
    level: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the template draws. Coordinates are text, so that no locale can change their decimal point."""

    systolic: tuple[str, ...]
    diastolic: tuple[str, ...]
    pulse: tuple[str, ...]
    spo2: tuple[str, ...]
    bars: tuple[Bar, ...]
    pressure_marks: tuple[Mark, ...]
    oxygen_marks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    minutes: tuple[Tick, ...]
    pressures: tuple[Tick, ...]
    oxygens: tuple[Tick, ...]
    planned: tuple[Planned, ...]
    now_x: str
    gate_x: str
    summary: str
    own_pressure: str = ""
    own_oxygen: str = ""
    width: int = field(default=WIDTH)
    height: int = field(default=HEIGHT)

    @property
    def is_empty(self) -> bool:
        return not self.bars and not self.oxygen_marks


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to coordinates; what lies outside is drawn at the edge."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)

    def text(self, value: float) -> str:
        return f"{self.at(value):.1f}"


def vitals_chart(
    readings: Iterable[Reading],
    planned: Iterable[tuple[int, str]],
    limits: Limits,
    *,
    now_minute: float | None = None,
    gate_minute: float | None = None,
    own: tuple[Sequence[Span], Sequence[Span]] = ((), ()),
) -> Chart:
    """The chart of one session.

    Minutes count from the first device; a baseline before it has a negative minute. `planned` pairs the minute of each
    planned check with its state. `now_minute` and `gate_minute` draw a line each while they lie within the
    span. A value that was not obtained breaks its line: nothing is drawn in between. `own` are the systolic pressures and the
    saturations of the patient's earlier sessions.
    """
    ordered = sorted(readings, key=lambda reading: reading.minute)
    across = minute_scale(ordered)
    pressure = pressure_scale(ordered, limits)
    oxygen = oxygen_scale(ordered, limits)
    return Chart(
        systolic=segments(ordered, "systolic", across, pressure),
        diastolic=segments(ordered, "diastolic", across, pressure),
        pulse=segments(ordered, "pulse", across, pressure),
        spo2=segments(ordered, "spo2", across, oxygen),
        bars=pressure_bars(ordered, across, pressure, limits),
        pressure_marks=pressure_marks(ordered, across, pressure, limits),
        oxygen_marks=oxygen_marks(ordered, across, oxygen, limits),
        bands=bands(pressure, oxygen, limits),
        minutes=tuple(Tick(across.text(minute), str(minute)) for minute in range(0, int(across.high) + 1, 30)),
        pressures=tuple(Tick(pressure.text(value), str(value)) for value in range(int(pressure.low), int(pressure.high) + 1, 40)),
        oxygens=tuple(Tick(oxygen.text(value), str(value)) for value in (int(oxygen.low), 100)),
        planned=tuple(Planned(across.text(minute), minute, str(state)) for minute, state in sorted(planned)),
        now_x=within(across, now_minute),
        gate_x=within(across, gate_minute),
        summary=summary(ordered),
        own_pressure=own_band(own[0], across, pressure),
        own_oxygen=own_band(own[1], across, oxygen),
    )


def minute_scale(readings: Sequence[Reading]) -> Scale:
    """From before the baseline (at most half an hour old) to 150 minutes, longer in steps of 30 for a long watch."""
    first = min([0.0, *(reading.minute for reading in readings)])
    last = max([float(SPAN), *(reading.minute for reading in readings)])
    low = max(EARLIEST, 10 * ((first - ROOM) // 10)) if first < 0 else 0
    return Scale(low, 30 * -(-last // 30), LEFT, RIGHT)


def pressure_scale(readings: Sequence[Reading], limits: Limits) -> Scale:
    values = [value for reading in readings for value in (reading.systolic, reading.diastolic, reading.pulse) if value is not None]
    high = max([limits.high_systolic + 20, *values])
    low = min([60, *values])
    return Scale(20 * (low // 20), 20 * -(-(high + 1) // 20), PRESSURE_BOTTOM, PRESSURE_TOP)


def oxygen_scale(readings: Sequence[Reading], limits: Limits) -> Scale:
    values = [reading.spo2 for reading in readings if reading.spo2 is not None]
    return Scale(min([limits.critical_spo2 - 2, *values]), 100, OXYGEN_BOTTOM, OXYGEN_TOP)


def segments(readings: Sequence[Reading], name: str, across: Scale, up: Scale) -> tuple[str, ...]:
    """Points of each unbroken run of a value, as SVG polylines."""
    runs: list[list[str]] = [[]]
    for reading in readings:
        value = getattr(reading, name)
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{across.text(reading.minute)},{up.text(value)}")
    return tuple(" ".join(run) for run in runs if len(run) > 1)


def pressure_level(reading: Reading, limits: Limits) -> str:
    beyond = pressure_beyond({"systolic": reading.systolic, "diastolic": reading.diastolic}, limits)
    return str(beyond.tier) if beyond else ""


def oxygen_level(spo2: int, limits: Limits) -> str:
    beyond = spo2_beyond({"spo2": spo2}, limits)
    return str(beyond.tier) if beyond else ""


def pressure_bars(readings: Sequence[Reading], across: Scale, up: Scale, limits: Limits) -> tuple[Bar, ...]:
    return tuple(
        Bar(across.text(reading.minute), up.text(reading.systolic), up.text(reading.diastolic), pressure_level(reading, limits))
        for reading in readings
        if reading.systolic is not None and reading.diastolic is not None
    )


def pressure_marks(readings: Sequence[Reading], across: Scale, up: Scale, limits: Limits) -> tuple[Mark, ...]:
    """One mark per pressure. The newest has its numbers first, then those beyond a limit, then what finds room."""
    whole = [reading for reading in readings if reading.systolic is not None and reading.diastolic is not None]
    placed: dict[int, tuple[float, float]] = {}
    for number in labelling_order(whole, limits):
        x, y = across.at(whole[number].minute), up.at(whole[number].systolic or 0)
        rows = (-9, -23, 16) if pressure_level(whole[number], limits) else (-9,)
        free = [
            y + row
            for row in rows
            if all(abs(x - other_x) >= LABEL_GAP or abs(y + row - other_y) >= LABEL_HEIGHT for other_x, other_y in placed.values())
        ]
        if free:
            placed[number] = (x, free[0])
    return tuple(
        Mark(
            across.text(reading.minute), up.text(reading.systolic or 0), pressure_level(reading, limits),
            f"{reading.systolic}/{reading.diastolic}" if number in placed else "", f"{placed[number][1]:.1f}" if number in placed else "",
        )
        for number, reading in enumerate(whole)
    )  # fmt: skip


def labelling_order(readings: Sequence[Reading], limits: Limits) -> list[int]:
    weights = {"critical": 0, "high": 1, "": 2}
    newest_first = list(reversed(range(len(readings))))
    return newest_first[:1] + sorted(newest_first[1:], key=lambda number: weights[pressure_level(readings[number], limits)])


def oxygen_marks(readings: Sequence[Reading], across: Scale, up: Scale, limits: Limits) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    free_until = float(WIDTH + LABEL_GAP)
    for reading in reversed([reading for reading in readings if reading.spo2 is not None]):
        x, y = across.at(reading.minute), up.at(reading.spo2)  # type: ignore[arg-type]
        has_room = free_until - x >= LABEL_GAP / 2
        free_until = x if has_room else free_until
        marks.append(Mark(f"{x:.1f}", f"{y:.1f}", oxygen_level(reading.spo2, limits), str(reading.spo2) if has_room else "", f"{y + 16:.1f}"))  # type: ignore[arg-type]
    return tuple(reversed(marks))


def bands(pressure: Scale, oxygen: Scale, limits: Limits) -> tuple[Band, ...]:
    """Above the systolic limits and below those of the saturation: amber for high, red for critical."""
    high, critical = pressure.at(limits.high_systolic), pressure.at(limits.critical_systolic)
    low, lowest = oxygen.at(limits.low_spo2), oxygen.at(limits.critical_spo2)
    areas = [(critical, high, "high"), (PRESSURE_TOP, critical, "critical"), (low, lowest, "high"), (lowest, OXYGEN_BOTTOM, "critical")]
    return tuple(Band(f"{top:.1f}", f"{bottom - top:.1f}", level) for top, bottom, level in areas if bottom > top)


def own_band(spans: Sequence[Span], across: Scale, up: Scale) -> str:
    """The patient's earlier sessions as one quiet area, along the highest there and along the lowest back."""
    there = [f"{across.text(span.minute)},{up.text(span.high)}" for span in spans]
    back = [f"{across.text(span.minute)},{up.text(span.low)}" for span in reversed(spans)]
    return " ".join([*there, *back]) if len(spans) > 1 else ""


def within(scale: Scale, minute: float | None) -> str:
    return scale.text(minute) if minute is not None and scale.low <= minute <= scale.high else ""


def summary(readings: Sequence[Reading]) -> str:
    """What the picture shows, in words, for people who don't see it."""
    told = [sentence for reading in readings if (sentence := told_reading(reading))]
    return "; ".join(told) + "." if told else "No checks yet."


def told_reading(reading: Reading) -> str:
    parts = []
    if reading.systolic is not None and reading.diastolic is not None:
        parts.append(f"{reading.systolic}/{reading.diastolic} mmHg")
    if reading.spo2 is not None:
        parts.append(f"SpO₂ {reading.spo2} %")
    if reading.pulse is not None:
        parts.append(f"pulse {reading.pulse}")
    return f"{reading.minute:.0f} min: {', '.join(parts)}" if parts else ""
