"""Numbers of a report in few characters."""

from collections.abc import Sequence

from django import template

from reports.charts import brief as shortened
from reports.rules import Band

register = template.Library()


@register.filter
def tenth(number: float | None) -> str:
    """With one decimal, always."""
    return "" if number is None else f"{number:.1f}"


@register.filter
def brief(number: float | None) -> str:
    """With a decimal only where it has one."""
    return "" if number is None else shortened(number)


@register.filter
def tallied(values: Sequence[float], bands: Sequence[Band]) -> str:
    """Which bands the values lie in, the fullest first, of equals the lower: "0 × 5, 8 × 2, once 1, 4"."""
    counts = [(band.words, sum(map(band.holds, values))) for band in bands]
    often = [f"{words} × {count}" for words, count in sorted(counts, key=lambda one: -one[1]) if count > 1]
    once = [words for words, count in counts if count == 1]
    return ", ".join([*often, *([f"once {', '.join(once)}"] if once else [])])
