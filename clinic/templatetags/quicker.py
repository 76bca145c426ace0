"""Two of Django's own, builtins by the settings: `|date` written straight for the formats that pages use, and `{% url %}` that remembers.

Both give the same text. On the board they stand forty times, and Django's look each letter and each pattern up anew.
"""

from collections.abc import Callable
from datetime import date as Date
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaultfilters import date as django_date
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.html import escape
from django.utils.translation import get_language

from clinic.addresses import known

register = template.Library()
Writer = Callable[[Any], str]


@lru_cache(maxsize=512)
def named(letter: str, number: int, language: str | None) -> str:
    """The word of a month or weekday in the language that is active."""
    names = {"M": MONTHS_3, "F": MONTHS, "D": WEEKDAYS_ABBR, "l": WEEKDAYS}[letter]
    word = str(names[number])
    return word.title() if letter == "M" else word


NAMES: dict[str, Writer] = {
    "M": lambda day: named("M", day.month, get_language()),
    "F": lambda day: named("F", day.month, get_language()),
    "D": lambda day: named("D", day.weekday(), get_language()),
    "l": lambda day: named("l", day.weekday(), get_language()),
}
NUMBERS: dict[str, Writer] = {"j": lambda day: str(day.day), "Y": lambda day: f"{day.year:04}", "y": lambda day: f"{day.year % 100:02}"}
CLOCK: dict[str, Writer] = {"H": lambda at: f"{at.hour:02}", "i": lambda at: f"{at.minute:02}", "s": lambda at: f"{at.second:02}"}


@cache
def writers(wanted: str) -> tuple[list[Writer | str], bool]:
    """The parts of a format, and whether it needs an hour; no parts for one with a letter that only Django knows."""
    parts: list[Writer | str] = []
    for letter in wanted:
        writer = NAMES.get(letter) or NUMBERS.get(letter) or CLOCK.get(letter)
        if writer is None and (letter.isalpha() or letter == "\\"):
            return [], False
        parts.append(writer or letter)
    return parts, any(letter in CLOCK for letter in wanted)


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, wanted: str | None = None) -> Any:
    """The same text as Django's filter of this name."""
    parts, needs_hour = writers(wanted) if wanted else ([], False)
    if not parts or not isinstance(value, Date) or (needs_hour and not isinstance(value, datetime)):
        return django_date(value, wanted)
    return "".join([part if isinstance(part, str) else part(value) for part in parts])


class KnownAddress(URLNode):
    """A page without keywords in its address; others, and those that nothing leads to, are Django's matter."""

    def render(self, context: template.Context) -> str:
        if self.kwargs or self.asvar:
            return super().render(context)
        found = known(self.view_name.resolve(context), *[arg.resolve(context) for arg in self.args])
        return escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> KnownAddress:
    node = django_url(parser, token)
    return KnownAddress(node.view_name, node.args, node.kwargs, node.asvar)
