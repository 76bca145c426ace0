"""The demonstration's auditor: the whole of Riverside, of Hillcrest a random sample of the last three months alone; and a review of the trail."""

import uuid
from datetime import datetime, timedelta

from clinic.actions.reviewing import review_audit
from clinic.models import AuditorGrant, Membership, Site
from clinic.queries import today_at
from clinic.queries.reviews import unreviewed
from clinic.roles import Role
from clinic.signatures import IdentityProof
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


def review_the_past(*, now: datetime) -> None:
    """Riverside's administrator has signed for all that was before today; once."""
    site = Site.objects.get(slug="riverside")
    left = unreviewed(site)
    if left.last is None:
        admin = Membership.objects.filter(site=site, is_active=True, role=Role.ADMINISTRATOR).select_related("user", "site").order_by("pk")[0]
        proof = IdentityProof(user=admin.user, method="password")
        review_audit(admin, up_to=left.up_to, note="Nothing stood out.", client_key=uuid.uuid4(), proof=proof, now=now)
