"""Plan a new version of a site's policy, or take back one that hasn't begun; what has begun is never edited."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from clinic import audit
from clinic.actions.writing import locked_site, stop_on
from clinic.findings import refuse
from clinic.models import Site, SitePolicy, User
from clinic.queries import policies_of, policy_on, today_at
from clinic.rules.policy import differences, policy_findings, start_findings, withdrawal_findings

DECIDED = tuple(
    field.name
    for field in SitePolicy._meta.concrete_fields
    if field.name not in {"id", "site", "effective_on", "reason", "recorded_at", "recorded_by"}
)


def decided(policy: SitePolicy) -> dict[str, Any]:
    """What a version decides, by field."""
    return {name: getattr(policy, name) for name in DECIDED}


@transaction.atomic
def plan_policy(site: Site, *, effective_on: date, values: Mapping[str, Any], reason: str, by: User, now: datetime) -> SitePolicy:
    """A new version from a coming day on, compared with what would be in force then.

    `values` holds what differs; the rest is taken over. Raises Refused outside of the bounds of `clinic.rules.policy`
    (MON-1, MON-3, MON-6, SET-10), for a day that isn't to come, and when nothing differs.
    """
    row = locked_site(site)
    versions = list(policies_of(row))
    stop_on(start_findings(effective_on, today_at(row, now), [version.effective_on for version in versions]))
    before = decided(policy_on(row, effective_on))
    after = {**before, **values}
    stop_on(policy_findings(after))
    differing = differences(before, after)
    if not differing:
        raise refuse("MON-2", "Nothing differs from what is in force then.")
    policy = SitePolicy.objects.create(site=row, effective_on=effective_on, reason=reason, recorded_at=now, recorded_by=by, **after)
    changes = {name: list(pair) for name, pair in differing.items()}
    audit.record(action="policy.planned", target=policy, by=by, now=now, site=row, changes={**changes, "effective_on": effective_on})
    return policy


@transaction.atomic
def withdraw_policy(policy: SitePolicy, *, by: User, now: datetime) -> None:
    """Take back a version that hasn't begun; the audit trail keeps what it would have said."""
    site = locked_site(policy.site)
    row = SitePolicy.objects.select_for_update(of=("self",)).filter(pk=policy.pk).first()
    if row is None:
        return
    stop_on(withdrawal_findings(row.effective_on, today_at(site, now)))
    audit.record(action="policy.withdrawn", target=row, by=by, now=now, site=site, changes={"effective_on": row.effective_on})
    try:
        row.delete()
    except ProtectedError as error:
        raise refuse("MON-2", "A session is judged by this version already; it stays.", code="policy.used") from error
