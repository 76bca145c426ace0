"""Five wrong tries by somebody who is signed in: the reviewers of the trail have a task until one of them signs a review that covers it (SET-10)."""

from datetime import datetime, timedelta

from django.db import transaction

from clinic import account_mail, audit
from clinic.actions.notices import raise_notice
from clinic.audit import chain_of
from clinic.models import AuditEntry, Notice, Site, User
from clinic.queries.reviews import GUESSING

RULE = "SET-10"
REVIEW_WITHIN = timedelta(hours=72)


@transaction.atomic
def raise_guessing(site: Site, person: User, action: str, text: str, *, now: datetime) -> None:
    """One entry of the site's trail, one task about that entry, and a letter to each administrator. Call it where the fifth wrong try is stopped."""
    entry = audit.record(action=action, target=person, by=person, now=now, site=site)
    raise_notice(site, GUESSING, RULE, entry, text, now, due_at=now + REVIEW_WITHIN)
    for reviewer in reviewers(site):
        account_mail.tell(reviewer, "review", now=now)


def reviewers(site: Site) -> list[User]:
    """The administrators sign reviews of the trail."""
    rows = User.objects.filter(memberships__site=site, memberships__is_active=True, memberships__role="administrator", is_active=True)
    return list(rows.distinct().order_by("pk"))


def settle_guessing(site: Site, *, up_to: int, now: datetime) -> None:
    """A signed review as far as this entry has looked at the tries before it. Inside the review's transaction."""
    covered = AuditEntry.objects.filter(chain=chain_of(site), seq__lte=up_to).values("pk")
    told = Notice.objects.filter(site=site, kind=GUESSING, target_kind="auditentry", resolved_at__isnull=True, target_pk__in=covered)
    told.update(resolved_at=now, resolved_how="The trail was reviewed.")
