"""The demonstration's auditor: the whole of Riverside, of Hillcrest a random sample of the last three months alone."""

import uuid
from datetime import datetime, timedelta

from clinic.models import AuditorGrant, Membership, Site
from clinic.queries import today_at
from clinic.roles import Role
from sessions.actions.auditing import grant_audit

SAMPLE = 8


def let_in(*, now: datetime) -> None:
    """Once; until a month from then."""
    site = Site.objects.get(slug="hillcrest")
    if AuditorGrant.objects.filter(site=site).exists():
        return
    people = Membership.objects.filter(site=site, is_active=True).select_related("user").order_by("pk")
    admin, auditor = (next(one.user for one in people if one.role == role) for role in (Role.ADMINISTRATOR, Role.AUDITOR))
    today = today_at(site, now)
    grant_audit(
        site, email=auditor.email, printed_name=auditor.printed_name, purpose="Example Audits, yearly review", first_on=today - timedelta(days=90),
        last_on=today - timedelta(days=1), sample_size=SAMPLE, seed="example seed", until_on=today + timedelta(days=30), client_key=uuid.uuid4(),
        by=admin, now=now,
    )  # fmt: skip
