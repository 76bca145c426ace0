"""Invite a person into a site, and join: as a new person, or with the account that has the invited e-mail (SET-10)."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from clinic import audit
from clinic.actions.writing import locked_site, stop_on
from clinic.findings import refuse
from clinic.models import AuditorGrant, Invitation, Membership, Site, User
from clinic.roles import Role
from clinic.rules.people import credential_findings
from clinic.tokens import token_digest

VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite(site: Site, *, email: str, printed_name: str, role: str, credential: str, by: User | None, now: datetime) -> tuple[Invitation, str]:
    """A place that waits for its person, and the token of its link, which is stored hashed only. Older open ones end.

    The caller sends the link when the transaction is over. Raises Refused for a member, and where the credential doesn't fit.
    """
    row = locked_site(site)
    address = email.lower()
    stop_on(credential_findings(role, credential))
    if Membership.objects.filter(site=row, user__email__iexact=address, is_active=True).exists():
        raise refuse("SET-10", "This person already belongs to the site.", field="email")
    Invitation.objects.filter(site=row, email=address, accepted_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        site=row, email=address, printed_name=printed_name, role=role, credential=credential,
        token_sha256=token_digest(token), expires_at=now + VALID_FOR, created_at=now, created_by=by,
    )  # fmt: skip
    audit.record(action="invitation.sent", target=invitation, by=by, now=now, site=row, changes={"role": role, "credential": credential})
    return invitation, token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, now: datetime) -> None:
    """End an open invitation: its link answers like any other dead one."""
    row = Invitation.objects.select_for_update(of=("self",)).select_related("site").get(pk=invitation.pk)
    if row.accepted_at is not None or row.expires_at <= now:
        return
    row.expires_at = now
    row.save(update_fields=["expires_at"])
    audit.record(action="invitation.withdrawn", target=row, by=by, now=now, site=row.site)


@transaction.atomic
def join_as_new(token: str, *, printed_name: str, password_hash: str, now: datetime) -> Membership:
    """Make the person and their place. The password comes hashed: Argon2 stays outside of transactions."""
    invitation = locked_invitation(token, now)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise refuse("SET-10", "There is an account with this e-mail: sign in to join.")
    user = User.objects.create(email=invitation.email, printed_name=printed_name, password=password_hash)
    return accept(invitation, user, now)


@transaction.atomic
def join_as_existing(token: str, *, by: User, now: datetime) -> Membership:
    """Take the place with one's account; only the account with the invited e-mail may."""
    invitation = locked_invitation(token, now)
    if by.email.lower() != invitation.email:
        raise refuse("SET-10", "This invitation is for another e-mail than the one you are signed in with.")
    return accept(invitation, by, now)


def locked_invitation(token: str, now: datetime) -> Invitation:
    """The open invitation behind a link; one answer for all that isn't one."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("site")
    invitation = rows.filter(token_sha256=token_digest(token), accepted_at__isnull=True, expires_at__gt=now, site__is_archived=False).first()
    if invitation is None:
        raise refuse("SET-10", "This invitation no longer works. Ask for a new one.")
    return invitation


def accept(invitation: Invitation, user: User, now: datetime) -> Membership:
    """Write the place, renewed for somebody who left earlier, and close the invitation."""
    place = {"role": invitation.role, "credential": invitation.credential, "is_active": True, "ended_at": None}
    membership, _ = Membership.objects.update_or_create(site=invitation.site, user=user, defaults=place, create_defaults={**place, "created_at": now})
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if membership.role == Role.AUDITOR:
        limit(membership, invitation)
    changes = {"membership": membership.pk, "role": membership.role, "credential": membership.credential}
    audit.record(action="invitation.accepted", target=invitation, by=user, now=now, site=invitation.site, changes=changes)
    return membership


def limit(membership: Membership, invitation: Invitation) -> None:
    """A grant that waits for this person limits their place, whichever invitation they came by."""
    waiting = AuditorGrant.objects.filter(site_id=membership.site_id, email=invitation.email, membership__isnull=True, revoked_at__isnull=True)
    waiting.update(membership=membership)
