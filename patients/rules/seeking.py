"""What somebody typed into the search: words of a name, a birth date in one of many forms, an MRN; in any order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from patients.rules.names import fold

LONGEST = 120
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC = re.compile(r"(?<![\w])(\d{1,4})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{1,4})(?![\w])")
_WORDED = re.compile(r"\b(?:(\d{1,2})\s+([a-z]{3,9})\.?|([a-z]{3,9})\.?\s+(\d{1,2})),?\s+(\d{4})\b", re.IGNORECASE)
_RUN = re.compile(r"^\d{6}$|^\d{8}$")


@dataclass(frozen=True, slots=True)
class Sought:
    """All of it must fit: each word a name's, each number the MRN's, the birth date one of `births`."""

    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    births: frozenset[date] = frozenset()
    runs: tuple[tuple[str, frozenset[date]], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.numbers or self.births or self.runs)


def understand(text: str, today: date) -> Sought:
    """Take a search apart. Dates may be 1984-03-07, 3/7/1984, 3/7/84, 7.3.1984, 7 Mar 1984, March 7, 1984 or 03071984.

    A slash means month first, a dot day first; where only one order can be, that one is taken. A run of digits may be a date or an MRN.
    """
    births: set[date] = set()
    rest = text[:LONGEST]
    for pattern, read in ((_NUMERIC, _numeric), (_WORDED, _worded)):
        for match in list(pattern.finditer(rest)):
            days = set(read(match, today))
            births |= days
            if days:
                rest = rest.replace(match.group(0), " ")
    tokens = re.split(r"[\s,;]+", rest)
    runs = tuple((token, frozenset(_run(token, today))) for token in tokens if _RUN.match(token))
    known = {token for token, _ in runs}
    numbers = tuple(plain(token) for token in tokens if token not in known and any(character.isdigit() for character in token))
    words = tuple(word for token in tokens if not any(character.isdigit() for character in token) for word in fold(token).split())
    return Sought(words=words, numbers=tuple(number for number in numbers if number), births=frozenset(births), runs=runs)


def plain(mrn: str) -> str:
    """An MRN without case, blanks and punctuation."""
    return "".join(character for character in mrn.casefold() if character.isalnum())


def _numeric(match: re.Match[str], today: date) -> Iterator[date]:
    one, two, three = match.groups()
    if len(one) > 2:
        yield from _day(one, two, three if len(three) <= 2 else "0", today)
        return
    day_first = "." in match.group(0)
    orders = ((two, one), (one, two)) if day_first else ((one, two), (two, one))
    for month, day in orders:
        found = list(_day(three, month, day, today))
        if found:
            yield from found
            return


def _worded(match: re.Match[str], today: date) -> Iterator[date]:
    day_before, month_after, month_before, day_after, year = match.groups()
    month = (month_after or month_before)[:3].lower()
    if month in _MONTHS:
        yield from _day(year, str(_MONTHS.index(month) + 1), day_before or day_after, today)


def _run(token: str, today: date) -> Iterator[date]:
    if len(token) == 6:
        yield from _day(token[4:], token[:2], token[2:4], today)
        return
    yield from _day(token[4:], token[:2], token[2:4], today)
    yield from _day(token[:4], token[4:6], token[6:], today)


def _day(year: str, month: str, day: str, today: date) -> Iterator[date]:
    """A possible date of birth, or nothing. Two digits mean the latest such year that has begun."""
    if len(year) not in (2, 4):
        return
    number = int(year)
    if len(year) == 2:
        number += today.year // 100 * 100
        number -= 100 if number > today.year else 0
    try:
        yield date(number, int(month), int(day))
    except ValueError:
        return
