"""At which sites a sweep has something to look at, and which of its parts: one look over all of them, by numbers alone."""

from collections import defaultdict
from collections.abc import Iterator, Set
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from reminders.models import OutboxMessage
from reminders.queries import drivers, fitting, wanted
from reminders.rules.kinds import PAST, UPCOMING

NEWS, DRIVERS, WITHDRAW, BRING_BACK, ABANDONED, CLOCKS = "news", "drivers", "withdraw", "bring back", "abandoned", "clocks"
CHANNELS = tuple(OutboxMessage.Channel.values)
TIMED = tuple((str(kind), channel) for channel in CHANNELS for kind in (*UPCOMING, *PAST))
Part = tuple[str, str]
PARTS: Set[Part] = frozenset(
    {*TIMED, *((NEWS, channel) for channel in CHANNELS), *((name, "") for name in (DRIVERS, WITHDRAW, BRING_BACK, ABANDONED, CLOCKS))}
)


def work_by_site(now: datetime) -> dict[int, Set[Part]]:
    """The parts of a sweep that would find a row, for each site that has any. Its cost grows with what is due, as the sweep's own."""
    found: dict[int, set[Part]] = defaultdict(set)
    for part, rows in looks(now):
        for site in rows.order_by().values_list("site_id", flat=True).distinct():
            found[site].add(part)
    return dict(found)


def looks(now: datetime) -> Iterator[tuple[Part, QuerySet[Any]]]:
    """Each part with the very rows that it would read."""
    for channel in CHANNELS:
        for kind in (*UPCOMING, *PAST):
            yield (str(kind), channel), wanted.visits_wanting(kind, channel, now)
        yield (NEWS, channel), wanted.visits_with_news(channel, now)
    yield (DRIVERS, ""), drivers.visits_to_tell(now)
    yield (WITHDRAW, ""), fitting.that_no_longer_fit()
    yield (BRING_BACK, ""), fitting.that_fit_again(now)
    yield (ABANDONED, ""), fitting.abandoned(now)
    yield (CLOCKS, ""), drivers.told_drivers(now)
