"""Answer for a finding of the self-audit: who, why it happened, what is done about it by when; or close it with a reason."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from clinic import audit
from clinic.actions.merging import merged
from clinic.actions.writing import locked_site, write
from clinic.findings import refuse
from clinic.models import Membership, User
from clinic.queries import today_at
from reports.models import AuditFinding
from reports.rules.self_audit import recheck_on

FIELDS = ("owner", "cause", "action", "due_on")
FARTHEST = timedelta(days=180)


def locked(finding: AuditFinding) -> AuditFinding:
    """The finding as it stands, locked after its site as the round does. Raises Refused when it is closed."""
    locked_site(finding.site)
    row = AuditFinding.objects.select_for_update(of=("self",)).select_related("site").get(pk=finding.pk)
    if row.closed_at is not None:
        raise refuse("AUDIT", "This finding is closed already.", code="finding.closed")
    return row


@transaction.atomic
def plan_finding(
    finding: AuditFinding, *, owner: User, cause: str, action: str, due_on: date, together: bool, opened: Mapping[str, str] | None, by: User, now: datetime
) -> int:  # fmt: skip
    """Say who acts, why it fell short, what is done, by when; `together`: for every unplanned finding of this measure too. How many were planned.

    Raises Refused for a closed one, a due date in the past or beyond half a year, and an owner who isn't a member; Changed when two write at once.
    """
    row = locked(finding)
    today = today_at(row.site, now)
    if not today <= due_on <= today + FARTHEST:
        raise refuse("AUDIT", "Choose a day from today on, within half a year.", code="finding.due_on", field="due_on")
    if not Membership.objects.filter(site=row.site, user=owner, is_active=True).exists():
        raise refuse("AUDIT", "Choose a member of this site.", code="finding.owner", field="owner")
    values = merged(row, {"owner": owner, "cause": cause, "action": action, "due_on": due_on}, opened)
    rows = [row, *(unplanned_like(row) if together else ())]
    for one in rows:
        changed = write(one, {**values, "recheck_on": recheck_on(values["due_on"]), "planned_at": now, "planned_by": by})
        told = {name: change for name, change in changed.items() if name in ("owner", "due_on")}
        audit.record(action="finding.planned", target=one, by=by, now=now, site=row.site, changes=told)
    return len(rows)


def unplanned_like(row: AuditFinding) -> list[AuditFinding]:
    """The other open findings of its measure that nobody has planned yet, locked."""
    rows = AuditFinding.objects.select_for_update(of=("self",)).filter(site=row.site, measure=row.measure, planned_at=None, closed_at=None)
    return list(rows.exclude(pk=row.pk).order_by("pk"))


@transaction.atomic
def close_finding(finding: AuditFinding, *, why: str, by: User, now: datetime) -> None:
    """Close it by a person's word, where the rules can't: with a reason. Raises Refused without one, and for a closed one."""
    row = locked(finding)
    if not why.strip():
        raise refuse("AUDIT", "Say why it is closed although the rules don’t close it.", code="finding.why", field="why")
    row.closed_at, row.closed_by, row.closed_how, row.closed_why = now, by, AuditFinding.Closing.REASON, why[:500]
    row.save(update_fields=["closed_at", "closed_by", "closed_how", "closed_why"])
    audit.record(action="finding.closed", target=row, by=by, now=now, site=row.site)
