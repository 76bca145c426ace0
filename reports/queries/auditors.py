"""Who may audit a site, and each thing that they have looked at."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from clinic.auditing import is_in_force
from clinic.models import AuditEntry, AuditorGrant, Site
from clinic.sentences import sentence_of
from reports.models import Export


@dataclass(frozen=True)
class Given:
    """A grant as the list shows it."""

    grant: AuditorGrant
    state: str
    is_open: bool


@dataclass(frozen=True)
class View:
    """One thing that an auditor has looked at."""

    entry: AuditEntry
    words: str


def grants_of(site: Site, now: datetime) -> list[Given]:
    rows = (
        AuditorGrant.objects.filter(site=site)
        .select_related("membership__user", "invitation", "granted_by", "revoked_by")
        .order_by("-granted_at", "-pk")
    )
    return [given(row, now) for row in rows]


def given(grant: AuditorGrant, now: datetime) -> Given:
    if grant.revoked_at is not None:
        return Given(grant, "Ended", is_open=False)
    if not is_in_force(grant, now):
        return Given(grant, "Expired", is_open=False)
    if grant.membership_id is not None:
        return Given(grant, "Open", is_open=True)
    is_lapsed = grant.invitation is not None and grant.invitation.expires_at <= now
    return Given(grant, "Invited, but the link has lapsed: let them in anew" if is_lapsed else "Invited", is_open=True)


def views_of(grant: AuditorGrant) -> QuerySet[AuditEntry]:
    """Every entry of the auditor at this site since the grant, the newest first; none before they joined."""
    person = grant.membership.user_id if grant.membership is not None else None
    rows = AuditEntry.objects.filter(site_id=grant.site_id, actor_id=person, happened_at__gte=grant.granted_at)
    return rows.order_by("-happened_at", "-pk") if person is not None else rows.none()


def binder_for(grant: AuditorGrant, now: datetime) -> Export | None:
    """The newest binder of exactly these sessions whose file is still there."""
    rows = Export.objects.filter(site_id=grant.site_id, kind="binder", state=Export.State.DONE, expires_at__gt=now, filters__grant=grant.pk)
    return rows.select_related("site").order_by("-ended_at", "-pk").first()


def told(entry: AuditEntry) -> View:
    return View(entry, sentence_of(entry.action))
