"""The week judged by the rules, as beat would do it, with somebody who answers for the first findings."""

from datetime import datetime, timedelta

from clinic.models import Membership, Site, User
from clinic.queries import today_at
from clinic.roles import Role
from reports.actions.findings import plan_finding
from reports.actions.self_audit import run_site
from reports.models import AuditFinding

CAUSE, ACTION = "Two patients at once, and one pair of hands.", "The second monitor stays until the last planned check of the day."


def run(*, now: datetime) -> None:
    """Once a week and site, however often the demonstration is renewed."""
    admin = User.objects.get(email="admin@demo.example")
    for site in Site.objects.order_by("pk"):
        if run_site(site, now=now) is None:
            continue
        finding = AuditFinding.objects.filter(site=site, session__isnull=False).order_by("pk").first()
        if finding is not None and finding.planned_at is None:
            due_on = today_at(site, now) + timedelta(days=10)
            nurse = Membership.objects.filter(site=site, is_active=True, role=Role.MONITOR).select_related("user").order_by("pk")[0]
            plan_finding(finding, owner=nurse.user, cause=CAUSE, action=ACTION, due_on=due_on, together=True, opened=None, by=admin, now=now)
