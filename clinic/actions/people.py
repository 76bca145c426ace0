"""Change a member's place in a site, end it, record training (SET-3, SET-10)."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.actions import duty
from clinic.actions.merging import merged
from clinic.actions.writing import locked_site, stop_on, write
from clinic.findings import refuse
from clinic.models import Membership, Site, Training, User
from clinic.queries import today_at
from clinic.roles import Role
from clinic.rules.people import change_findings, credential_findings, is_prescriber


@transaction.atomic
def change_membership(
    membership: Membership, *, role: str, credential: str, opened: Mapping[str, str] | None = None, by: User, now: datetime
) -> Membership:
    """Give a member another role or credential. Presence so far keeps the role of its time (SET-2).

    Raises Refused when the credential doesn't fit the role, for one's own place, and for the last administrator (SET-10); Changed for what
    another administrator changed meanwhile.
    """
    site, row = locked(membership)
    values = merged(row, {"role": role, "credential": credential}, opened)
    role, credential = values["role"], values["credential"]
    stop_on(place_findings(site, row, by, stays_administrator=role == Role.ADMINISTRATOR))
    stop_on(credential_findings(role, credential))
    prescribed = is_prescriber(row.role)
    changed = write(row, values)
    if not changed:
        return row
    if prescribed != is_prescriber(role):
        period = duty.end_presence(row, now)
        if period is not None and period.left_at == now:
            duty.begin(row, by=by, now=now)
    audit.record(action="member.changed", target=row, by=by, now=now, site=site, changes=changed)
    return row


@transaction.atomic
def end_membership(membership: Membership, *, by: User, now: datetime) -> Membership:
    """End a member's place: they see nothing of the site from the next request on, and are no longer on site."""
    site, row = locked(membership)
    if not row.is_active:
        return row
    stop_on(place_findings(site, row, by, stays_administrator=False))
    duty.end_presence(row, now)
    changed = write(row, {"is_active": False, "ended_at": now})
    audit.record(action="member.ended", target=row, by=by, now=now, site=site, changes=changed)
    return row


def locked(membership: Membership) -> tuple[Site, Membership]:
    """The site first, then the member: two administrators can't end one another at once."""
    site = locked_site(membership.site)
    return site, Membership.objects.select_for_update(of=("self",)).select_related("site", "user").get(pk=membership.pk)


def place_findings(site: Site, row: Membership, by: User, *, stays_administrator: bool):  # type: ignore[no-untyped-def]
    others = Membership.objects.filter(site=site, role=Role.ADMINISTRATOR, is_active=True, user__is_active=True).exclude(pk=row.pk)
    return change_findings(
        is_self=row.user_id == by.pk,
        was_administrator=row.role == Role.ADMINISTRATOR and row.is_active,
        stays_administrator=stays_administrator,
        other_administrators=others.count(),
    )


@transaction.atomic
def record_training(
    membership: Membership,
    *,
    kind: str,
    completed_on: date,
    expires_on: date | None,
    note: str,
    client_key: UUID | None = None,
    by: User,
    now: datetime,
) -> Training:
    """Put a training on record (SET-3); an empty end means that it doesn't lapse."""
    row = duty.locked_member(membership)
    earlier = Training.objects.filter(client_key=client_key).first() if client_key is not None else None
    if earlier is not None and earlier.membership_id != row.pk:
        raise refuse("SET-3", "This page is out of date. Load it again.", code="client_key")
    if earlier is not None:
        return earlier
    if completed_on > today_at(row.site, now):
        raise refuse("SET-3", "This day hasn't come yet.", field="completed_on")
    if expires_on is not None and expires_on < completed_on:
        raise refuse("SET-3", "A training can't lapse before it was completed.", field="expires_on")
    training = Training.objects.create(
        site=row.site,
        membership=row,
        kind=kind,
        completed_on=completed_on,
        expires_on=expires_on,
        note=note,
        recorded_at=now,
        recorded_by=by,
        client_key=client_key,
    )
    changes = {"membership": row.pk, "kind": kind, "completed_on": completed_on, "expires_on": expires_on}
    audit.record(action="training.recorded", target=training, by=by, now=now, site=row.site, changes=changes)
    return training
