"""The draft of a narrative: facts in order of time, plain words, no name and no judgement; a person makes it theirs (PMF-6)."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

MORE = "… (more in the record)"


def draft(head: str, lines: Iterable[tuple[datetime, str]], *, zone: ZoneInfo, longest: int) -> str:
    """`head`, then one line per fact with the time on the site's wall; cut between lines where it would grow too long."""
    told = head
    for at, text in sorted(lines, key=lambda line: line[0]):
        line = f"\n{at.astimezone(zone):%H:%M} {text}."
        if len(told) + len(line) + len(MORE) + 1 > longest:
            return f"{told}\n{MORE}"
        told += line
    return told
