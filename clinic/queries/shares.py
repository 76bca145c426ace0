"""The shares of a sweep: one site's at a time where the database keeps a scope, all at once where it keeps none."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from django.conf import settings
from django.db import connection

from clinic import scope

Work = TypeVar("Work")


def shares(found: Callable[[], Mapping[int, Work]], *, everything: Work) -> Iterator[Work]:
    """`for work in shares(...)`: what is asked and written within sees one site, and then the next.

    `found` is one look over every site, by its number what there is to do: to ask two hundred sites one after the other that have nothing takes
    the time of a round.
    """
    if connection.vendor != "postgresql" or not settings.VIGIL_ROW_SECURITY:
        yield everything
        return
    with scope.every():
        work = found()
    for pk in sorted(work):
        with scope.of_site(pk):
            yield work[pk]
