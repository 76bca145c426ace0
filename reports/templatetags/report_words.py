"""Numbers of a report in few characters."""

from django import template

from reports.charts import brief as shortened

register = template.Library()


@register.filter
def tenth(number: float | None) -> str:
    """With one decimal, always."""
    return "" if number is None else f"{number:.1f}"


@register.filter
def brief(number: float | None) -> str:
    """With a decimal only where it has one."""
    return "" if number is None else shortened(number)
