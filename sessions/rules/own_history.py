"""What a patient's earlier sessions looked like by minute: a quiet band on the chart, and a note when a reading lies outside of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

BUCKET = 20  # minutes
BASELINE = -20  # everything before the first device
LEAST_SESSIONS = 3
MARGINS = {"systolic": 10, "spo2": 2}  # mmHg, %: as much again is no news
WORDS = {"systolic": ("pressure", "mmHg systolic"), "spo2": ("SpO₂", "%")}


class Earlier(NamedTuple):
    """One check of an earlier session, in minutes from its first device."""

    session: int
    minute: float
    systolic: int | None
    spo2: int | None


class Span(NamedTuple):
    """Lowest and highest of a value about a minute of the watch."""

    bucket: int
    minute: float
    low: int
    high: int


def bucket_of(minute: float) -> int:
    """The part of the watch that a minute belongs to."""
    return BASELINE if minute < 0 else BUCKET * int((minute + BUCKET / 2) // BUCKET)


def pattern(checks: Iterable[Earlier], name: str) -> tuple[Span, ...]:
    """The spans of one value in order of time; only where at least three earlier sessions were measured."""
    buckets: dict[int, list[tuple[int, float, int]]] = {}
    for check in checks:
        value = getattr(check, name)
        if value is not None:
            buckets.setdefault(bucket_of(check.minute), []).append((check.session, check.minute, value))
    spans = []
    for bucket, rows in sorted(buckets.items()):
        if len({session for session, _, _ in rows}) >= LEAST_SESSIONS:
            values = [value for _, _, value in rows]
            spans.append(Span(bucket, sum(minute for _, minute, _ in rows) / len(rows), min(values), max(values)))
    return tuple(spans)


def outside(name: str, value: int | None, minute: float, spans: Sequence[Span]) -> str:
    """What to note about a reading that isn't like this patient's own; empty when it is, or when nobody can know. Pressure only upwards, SpO₂ downwards."""
    span = next((one for one in spans if one.bucket == bucket_of(minute)), None)
    if value is None or span is None:
        return ""
    word, unit = WORDS[name]
    is_new = value > span.high + MARGINS[name] if name == "systolic" else value < span.low - MARGINS[name]
    usual = f"{span.low} {unit}" if span.low == span.high else f"{span.low}–{span.high} {unit}"
    return f"{word} is unlike their earlier sessions at this time ({usual})" if is_new else ""
