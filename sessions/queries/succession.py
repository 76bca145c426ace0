"""What became of a fact: the row that stands in its place today (MON-7)."""

from typing import TypeVar

from clinic.facts import Fact

F = TypeVar("F", bound=Fact)


def newest_of(fact: F) -> F:
    """The last correction of a fact, or the row that took it back; itself when nobody has changed it."""
    row = fact
    while (newer := type(fact)._default_manager.select_related("recorded_by").filter(supersedes_id=row.pk).first()) is not None:
        row = newer
    return row
