"""Accounts that wrong passwords have closed, and whose people weren't told of it yet (21 CFR 11.300(d))."""

from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from clinic.models import AuditEntry

FAILED, CLOSED = "account.sign_in_failed", "account.closed"
# So many in this time close an account (config.entering).
MOST, WITHIN = 5, timedelta(minutes=5)
# A sweep comes each minute; one that was away for a while still finds them.
SEEN_FOR = timedelta(hours=1)
# Whoever guesses decides how often: a letter and a task a day are enough to be seen.
TOLD_FOR = timedelta(days=1)


def newly_closed(now: datetime) -> list[int]:
    """Keys of the people. What happens to an account stands in no site's chain."""
    entries = AuditEntry.objects.filter(site__isnull=True, target_kind="user", happened_at__lte=now)
    wrong = entries.filter(action=FAILED, happened_at__gt=now - SEEN_FOR).exclude(target_pk="-").order_by("target_pk", "happened_at")
    tries = groupby(wrong.values_list("target_pk", "happened_at"), key=itemgetter(0))
    closed = [pk for pk, rows in tries if has_closed([at for _, at in rows])]
    told = set(entries.filter(action=CLOSED, happened_at__gt=now - TOLD_FOR).values_list("target_pk", flat=True))
    return sorted(int(pk) for pk in closed if pk not in told)


def has_closed(tries: list[datetime]) -> bool:
    """Whether so many of these moments, in their order, lie so near to each other."""
    return any(last - first < WITHIN for first, last in zip(tries, tries[MOST - 1 :], strict=False))
