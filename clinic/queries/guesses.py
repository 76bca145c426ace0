"""Accounts that wrong passwords have closed, and whose people weren't told of it yet (21 CFR 11.300(d))."""

from datetime import datetime, timedelta

from django.db.models import Count

from clinic.models import AuditEntry

FAILED, CLOSED = "account.sign_in_failed", "account.closed"
# As many in five minutes close an account (config.entering); a sweep comes each minute.
MOST, WITHIN = 5, timedelta(minutes=6)
# Whoever guesses decides how often: a letter and a task a day are enough to be seen.
TOLD_FOR = timedelta(days=1)


def newly_closed(now: datetime) -> list[int]:
    """Keys of the people. What happens to an account stands in no site's chain."""
    entries = AuditEntry.objects.filter(site__isnull=True, target_kind="user", happened_at__lte=now).order_by()
    wrong = entries.filter(action=FAILED, happened_at__gt=now - WITHIN).exclude(target_pk="-")
    closed = wrong.values("target_pk").annotate(times=Count("pk")).filter(times__gte=MOST).values_list("target_pk", flat=True)
    told = set(entries.filter(action=CLOSED, happened_at__gt=now - TOLD_FOR).values_list("target_pk", flat=True))
    return sorted(int(pk) for pk in closed if pk not in told)
