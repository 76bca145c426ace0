"""Once an hour the outbox must add up; a difference is a notice that stays until it adds up again."""

from datetime import datetime

from clinic import scope
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.models import Site
from clinic.queries.shares import shares
from reminders.actions.sweep import sweep
from reminders.queries.balance import UNBALANCED, Balance, balance_of
from reminders.queries.work import PARTS, work_by_site


def check_balance(*, now: datetime) -> dict[str, Balance]:
    """After a round of the sweep, each site's count; a difference is shown on its board and its messages page."""
    for parts in shares(lambda: work_by_site(now), everything=PARTS):
        sweep(now=now, parts=parts)
    return {site.slug: judge(site, now=now) for site in Site.objects.filter(is_archived=False).order_by("pk")}


def judge(site: Site, *, now: datetime) -> Balance:
    with scope.of_site(site.pk):
        return told(site, balance_of(site, now), now=now)


def told(site: Site, balance: Balance, *, now: datetime) -> Balance:
    if balance.is_even:
        resolve_notices(site, UNBALANCED, site, "The outbox adds up again.", now)
    else:
        raise_notice(site, UNBALANCED, "MSG-5", site, words(balance), now)
    return balance


def words(balance: Balance) -> str:
    parts = [f"{balance.missing} that should exist don't"] if balance.missing else []
    parts += [f"{balance.stuck} wait longer than 15 minutes"] if balance.stuck else []
    return f"Messages to patients don't add up: {' and '.join(parts)}."
