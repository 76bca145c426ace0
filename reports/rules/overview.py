"""The overview: what fell short and who acts, by stretches of weeks from one reading; pure over the measures' results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.rules.judged import tallies
from reports.rules.measure import Group, Kind, Measure, Visit
from reports.rules.numbers import Tally, merged
from reports.rules.self_audit import AUDITED
from reports.rules.wilson import wilson

WEEK = timedelta(days=7)
WEEKS = 13
# Who usually acts on a group's shortfalls, while nobody has taken the finding.
ACTS: dict[Group, str] = {
    Group.WATCHED: "Monitors", Group.CHECKS: "Monitors", Group.FORMS: "Filing desk", Group.PEOPLE: "Administrator", Group.BEFORE: "Prescribers",
    Group.LEAVING: "Monitors and prescribers", Group.UNPLANNED: "Administrator", Group.INDUCTION: "Front desk", Group.OUTCOMES: "Prescribers",
    Group.FOUND: "Prescribers", Group.FLOOR: "Monitors",
}  # fmt: skip

RANK = {Group.WATCHED: 0, Group.PEOPLE: 0, Group.LEAVING: 0, Group.BEFORE: 0, Group.FORMS: 1}

# What another measure of the same visit says already is left out.
ONCE = frozenset(measure.code for measure in AUDITED)


@dataclass(frozen=True, slots=True)
class Span:
    """Days that one point of a trend stands for."""

    first: date
    last: date


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def last_weeks(today: date) -> tuple[date, date]:
    """Thirteen weeks from their Monday, this one included."""
    return monday_of(today) - (WEEKS - 1) * WEEK, today


def spans_of(first: date, last: date) -> tuple[Span, ...]:
    """Whole weeks from a Monday; where they are more than thirteen, stretches of four. The ends are the range's own."""
    start = monday_of(first)
    step = WEEK if monday_of(last) - start < WEEKS * WEEK else 4 * WEEK
    starts = [start + number * step for number in range((last - start) // step + 1)]
    return tuple(Span(max(day, first), min(day + step - timedelta(days=1), last)) for day in starts)


def places_of(visits: Iterable[Visit], spans: Sequence[Span]) -> dict[int, int]:
    """By visit, the place of its span."""
    step = (spans[1].first - monday_of(spans[0].first)) if len(spans) > 1 else timedelta(days=400)
    start = monday_of(spans[0].first)
    return {facts.pk: (facts.treatment_on - start) // step for facts in visits}


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of one span: sessions with a spray, and visits that came to none (held, missed, cancelled, left)."""

    dosed: int = 0
    other: int = 0


CAME_TO_NOTHING = frozenset({"held", "missed", "cancelled", "left", "transferred"})


def traffic_of(visits: Iterable[Visit], places: Mapping[int, int], spans: Sequence[Span]) -> tuple[Traffic, ...]:
    dosed, other = [0] * len(spans), [0] * len(spans)
    for facts in visits:
        if facts.is_dosed:
            dosed[places[facts.pk]] += 1
        elif facts.status in CAME_TO_NOTHING:
            other[places[facts.pk]] += 1
    return tuple(Traffic(*pair) for pair in zip(dosed, other, strict=True))


@dataclass(frozen=True, slots=True)
class Point:
    """One span of a trend: per cent, or the median of amounts; None where nothing was counted."""

    kept: int
    of: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One measure over the range, and by spans."""

    result: Tally
    points: tuple[Point, ...]

    @property
    def measure(self) -> Measure:
        return self.result.measure

    @property
    def change(self) -> str:
        """The later half beside the earlier one, where chance alone hardly explains the difference: the intervals don't touch."""
        if self.measure.kind is Kind.AMOUNT:
            return ""
        middle = len(self.points) // 2
        before, after = (
            wilson(sum(point.kept for point in half), sum(point.of for point in half)) for half in (self.points[:middle], self.points[middle:])
        )
        if before is None or after is None:
            return ""
        more, fewer = ("better", "worse") if self.measure.kind is Kind.KEPT else ("more", "fewer")
        return more if after.low > before.high else fewer if after.high < before.low else "no clear change"

    @property
    def is_clear(self) -> bool:
        """Whether there is a change to speak of."""
        return self.change not in ("", "no clear change")


def lines_of(visits: Iterable[Visit], places: Mapping[int, int], count: int, today: date) -> list[Line]:
    """Every measure over the range and by its spans, in the measures' order; each visit is read once."""
    by_span: list[list[Visit]] = [[] for _ in range(count)]
    for visit in visits:
        by_span[places[visit.pk]].append(visit)
    spans = [tallies(some, today) for some in by_span]
    return [line_of(parts) for parts in zip(*spans, strict=True)]


def line_of(parts: Sequence[Tally]) -> Line:
    """One measure's spans as a line. A spread's is that of the band which all of it prefers."""
    whole = merged(parts)
    if whole.is_amount:
        return Line(whole, tuple(Point(0, part.counted, part.median) for part in parts))
    return Line(whole, tuple(point(*counted_in(part, whole)) for part in parts))


def counted_in(part: Tally, whole: Tally) -> tuple[int, int]:
    leading = whole.leading
    return (sum(map(leading.band.holds, part.values)) if leading else part.hits), part.counted


def point(kept: int, of: int) -> Point:
    return Point(kept, of, 100 * kept / of if of else None)


def falls_short(result: Tally) -> bool:
    """Of what is counted: a target that isn't met, or anything found where there should be nothing."""
    return not result.is_met if result.measure.kind is Kind.KEPT else result.kept > 0


def fell_short(lines: Iterable[Line]) -> list[Line]:
    """Rules that were not kept: what the patient's safety hangs on first, then the greatest missing share; said once of each visit."""
    short = [line for line in lines if line.measure.code in ONCE and line.result.counted and falls_short(line.result)]
    return sorted(short, key=lambda line: (RANK.get(line.measure.group, len(RANK)), -lacking(line.result), line.measure.code))


def lacking(result: Tally) -> float:
    """The share that is missing; of what has no target, the share that was found."""
    share = result.kept / result.counted
    return 1 - share if result.measure.kind is Kind.KEPT else share


def judged(lines: Iterable[Line]) -> tuple[int, int]:
    """(rules that were kept, rules that had anything to judge); each said once, as in what fell short."""
    counted = [line.result for line in lines if line.measure.code in ONCE and line.result.counted]
    return sum(not falls_short(result) for result in counted), len(counted)
