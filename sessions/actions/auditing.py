"""Let an auditor in for a range of days or a random sample, and out again (SET-10)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions.invitations import invite, withdraw_invitation
from clinic.actions.writing import locked_site, stop_on
from clinic.findings import refuse
from clinic.models import AuditHead, AuditorGrant, Invitation, Membership, Site, User
from clinic.queries import today_at
from clinic.roles import Credential, Role
from clinic.rules.opening import day_bounds
from sessions.models import SampledSession
from sessions.queries.auditing import population
from sessions.rules.sampling import drawn, grant_findings, population_digest


@dataclass(frozen=True)
class Granted:
    """`token` is the link of the invitation, for whoever isn't a member yet: the caller mails it when the transaction is over."""

    grant: AuditorGrant
    invitation: Invitation | None = None
    token: str = ""


@transaction.atomic
def grant_audit(
    site: Site, *, email: str, printed_name: str, purpose: str, first_on: date, last_on: date, sample_size: int | None, seed: str, until_on: date,
    client_key: UUID, by: User, now: datetime,
) -> Granted:  # fmt: skip
    """A named, read-only place that ends by itself; a newer one of the same person takes the place of the older.

    Without a seed the sample is drawn by the hash of the site's last audit entry, which nobody chose. Raises Refused for
    impossible ranges, and for somebody who works here.
    """
    row = locked_site(site)
    earlier = AuditorGrant.objects.filter(client_key=client_key).first()
    if earlier is not None:
        if earlier.site_id != row.pk:
            raise refuse("SET-10", "Load the page again.", code="client_key")
        return Granted(earlier)
    found = population(row, first_on, last_on) if sample_size is not None and first_on <= last_on else {}
    stop_on(grant_findings(first=first_on, last=last_on, until=until_on, today=today_at(row, now), sample=sample_size, population=len(found)))
    place, invitation, token = placed(row, email.lower(), printed_name, by, now)
    chosen = seed.strip() or AuditHead.objects.filter(pk=audit.chain_of(row)).values_list("hash", flat=True).first() or str(client_key)
    sample = {"sample_size": sample_size, "seed": chosen, "drawn_from": len(found), "drawn_sha256": population_digest(found)} if sample_size else {}
    end_earlier(row, email.lower(), by=by, now=now)
    grant = AuditorGrant.objects.create(
        site=row, printed_name=printed_name, email=email.lower(), membership=place, invitation=invitation, purpose=purpose, first_on=first_on,
        last_on=last_on, expires_at=day_bounds(until_on, row.zone)[1], client_key=client_key, granted_at=now, granted_by=by, **sample,
    )  # fmt: skip
    if sample_size:
        SampledSession.objects.bulk_create(
            SampledSession(site=row, grant=grant, session_id=found[uid], place=place)
            for place, uid in enumerate(drawn(found, chosen, sample_size), 1)
        )
    told = {"first": str(first_on), "last": str(last_on), "until": str(until_on), "person": place.user_id if place is not None else None}
    audit.record(action="auditor.granted", target=grant, by=by, now=now, site=row, changes={**told, **sample})
    return Granted(grant, invitation, token)


def placed(site: Site, email: str, printed_name: str, by: User, now: datetime) -> tuple[Membership | None, Invitation | None, str]:
    """The auditor's own place, else an invitation to one. Who works here is no auditor of the site."""
    place = Membership.objects.select_related("user").filter(site=site, user__email__iexact=email, is_active=True).first()
    if place is not None and place.role != Role.AUDITOR:
        raise refuse("SET-10", f"{place.user} works here as {place.get_role_display().lower()}: nobody audits their own site.", field="email")
    if place is not None:
        return place, None, ""
    invitation, token = invite(site, email=email, printed_name=printed_name, role=Role.AUDITOR, credential=Credential.NONE, by=by, now=now)
    return None, invitation, token


def end_earlier(site: Site, email: str, *, by: User, now: datetime) -> None:
    for earlier in AuditorGrant.objects.filter(site=site, email=email, revoked_at__isnull=True):
        revoke_audit(earlier, by=by, now=now)


@transaction.atomic
def revoke_audit(grant: AuditorGrant, *, by: User, now: datetime) -> AuditorGrant:
    """From the next request on they see nothing of the site; an invitation that waits ends too."""
    row = AuditorGrant.objects.select_for_update(of=("self",)).select_related("site", "invitation").get(pk=grant.pk)
    if row.revoked_at is not None:
        return row
    row.revoked_at, row.revoked_by = now, by
    row.save(update_fields=["revoked_at", "revoked_by"])
    audit.record(action="auditor.revoked", target=row, by=by, now=now, site=row.site)
    if row.invitation is not None and row.membership_id is None:
        withdraw_invitation(row.invitation, by=by, now=now)
    return row
