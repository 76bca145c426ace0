"""Members of a site with their training and presence; each list takes a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from clinic.models import Invitation, Membership, Site, Training, User
from clinic.queries.opening import today_at
from clinic.queries.presence import on_site_at
from clinic.queries.standing import training_standings
from clinic.rules.standing import Standing


@dataclass(frozen=True)
class Member:
    """A line of the staff list."""

    membership: Membership
    training: Standing
    is_on_site: bool


def sites_of(user: User) -> list[Membership]:
    """The person's places, for the front page."""
    places = Membership.objects.filter(user_id=user.pk, is_active=True, site__is_archived=False)
    return list(places.select_related("site", "site__organisation").order_by("site__name", "pk"))


def members_of(site: Site, *, is_active: bool = True) -> QuerySet[Membership]:
    return Membership.objects.filter(site=site, is_active=is_active).select_related("user").order_by("user__printed_name", "pk")


def staff_list(site: Site, now: datetime, memberships: Iterable[Membership] | None = None) -> list[Member]:
    """Members with REMS training and presence, in three queries."""
    listed = list(memberships if memberships is not None else members_of(site))
    training = training_standings(site, today_at(site, now), listed)
    here = set(on_site_at(site, now).values_list("membership_id", flat=True))
    return [Member(one, training.get(one.pk, Standing.NONE), one.pk in here) for one in listed]


def trainings_of(membership: Membership) -> QuerySet[Training]:
    return Training.objects.filter(membership=membership).select_related("recorded_by").order_by("-completed_on", "-pk")


def open_invitations(site: Site, now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(site=site, accepted_at__isnull=True, expires_at__gt=now).order_by("-created_at", "-pk")
