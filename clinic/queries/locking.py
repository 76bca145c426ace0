"""How long a person's sign-in may stand, by the policies of their sites."""

from datetime import datetime, timedelta

from clinic import scope
from clinic.models import SitePolicy, User
from clinic.rules.locking import Limits, strictest
from clinic.rules.opening import local_day


def limits_of(user: User, now: datetime) -> Limits:
    """The strictest of the policies in force at the person's sites, in one query."""
    rows = SitePolicy.objects.filter(site__memberships__user_id=user.pk, site__memberships__is_active=True, site__is_archived=False)
    chosen: dict[int, SitePolicy] = {}
    # Newest first; a site without a version in force is judged by its first one, which comes last.
    with scope.of_person(user.pk):
        policies = list(rows.select_related("site").order_by("-effective_on", "-pk"))
    for policy in policies:
        known = chosen.get(policy.site_id)
        if known is None or known.effective_on > local_day(now, policy.site.zone):
            chosen[policy.site_id] = policy
    return strictest([Limits(timedelta(minutes=one.lock_after_minutes), timedelta(hours=one.sign_in_hours)) for one in chosen.values()])
