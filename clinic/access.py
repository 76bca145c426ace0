"""The only door to a site: fetch and authorise together. Hidden is 404, forbidden is 403."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from clinic import auditing, reading, registry, scope, second_factor
from clinic.locking.state import is_by_pin
from clinic.models import Membership, Site
from clinic.prepared import Prepared, prepared
from clinic.roles import PIN_LACKS, Permission, Role, may


@dataclass(frozen=True)
class Denial:
    """A refused request, kept on it for the middleware, which writes it after the rollback."""

    site: Site | None
    permission: str
    target_kind: str
    target_pk: str
    is_hidden: bool


class NeedsPassword(PermissionDenied):
    """The role may, but this sign-in was opened by a PIN: the password is wanted first."""


@prepared
def open_memberships(user_pk: int, slug: str, now: datetime) -> QuerySet[Membership]:
    rows = Membership.objects.select_related("site").annotate(**registry.marks(now), **second_factor.marks())
    return rows.filter(user_id=user_pk, site__slug=slug, site__is_archived=False, is_active=True, user__is_active=True)


def site_for(request: HttpRequest, slug: str, permission: Permission) -> Site:
    """The site of the path, for a member whose role may do the act. Sets `request.site` and `request.membership`; the page speaks the site's zone."""
    membership = open_memberships.first(request.user.pk, slug, request.now)  # type: ignore[attr-defined]
    if membership is None:
        hide(request, None, permission, "site", slug)
    site = membership.site
    membership.user = request.user
    request.site, request.membership = site, membership  # type: ignore[attr-defined]
    scope.name_site(site.pk)
    timezone.activate(site.zone)
    second_factor.demand(request, membership)
    require_its_tablet(request, membership, permission)
    if membership.role == Role.AUDITOR and not auditing.may_open(request):
        hide(request, site, permission, "site", slug)
    require(request, permission)
    return site


def require_its_tablet(request: HttpRequest, membership: Membership, permission: Permission) -> None:
    """What a PIN opened goes no further than its tablet's own site: another site's administrators enrolled nothing here."""
    if is_by_pin(request) and not second_factor.is_at_its_tablet(request, membership):
        request.denial = Denial(membership.site, permission, "site", "", is_hidden=False)  # type: ignore[attr-defined]
        raise NeedsPassword("A PIN opens this tablet's own site alone.")


def require(request: HttpRequest, permission: Permission, target_kind: str = "site", target_pk: object = "") -> None:
    """403 unless the member's role may do the act."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    if not may(membership.role, permission):
        request.denial = Denial(membership.site, permission, target_kind, str(target_pk), is_hidden=False)  # type: ignore[attr-defined]
        raise PermissionDenied(f"Your role, {membership.get_role_display()}, may not do this: {permission.label.lower()}.")
    if permission in PIN_LACKS and is_by_pin(request):
        request.denial = Denial(membership.site, permission, target_kind, str(target_pk), is_hidden=False)  # type: ignore[attr-defined]
        raise NeedsPassword(f"A PIN is not enough for this: {permission.label.lower()}.")


def hide(request: HttpRequest, site: Site | None, permission: Permission, target_kind: str, target_pk: object) -> NoReturn:
    """404, the same for what doesn't exist and for what is another site's."""
    request.denial = Denial(site, permission, target_kind, str(target_pk), is_hidden=True)  # type: ignore[attr-defined]
    raise Http404("Not found.")


def row_for(request: HttpRequest, rows, pk: int, permission: Permission, target_kind: str, *more: object):  # type: ignore[no-untyped-def]
    """One row of this request's site, or 404. Rooms build their own `…_for` on it; `site_for` comes first.

    `rows` is a queryset, or a prepared query of a site's and a row's keys and what `more` it asks for.
    """
    site: Site = request.site  # type: ignore[attr-defined]
    require(request, permission, target_kind, pk)
    row = rows.first(site.pk, pk, *more) if isinstance(rows, Prepared) else rows.filter(site_id=site.pk, pk=pk).first()
    is_limited = getattr(request, "grant", None) is not None
    if row is None or (is_limited and not auditing.covers(request, row)):
        hide(request, site, permission, target_kind, pk)
    if is_limited:
        auditing.note(request, row)
    reading.note(request, row)
    return row
