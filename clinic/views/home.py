"""The front page: the sites I belong to, or straight to the one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.auditing import newest_grant
from clinic.context_processors import AUDITED, NAVIGATION, address
from clinic.models import Membership
from clinic.queries import sites_of
from clinic.roles import Role, may


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A person of one site wants its board; of several, to choose; of none, to know whom to ask."""
    places = [(place, first_page(place)) for place in sites_of(request.user)]  # type: ignore[arg-type]
    if len(places) == 1 and places[0][1]:
        return HttpResponse(status=303, headers={"Location": places[0][1]})
    return render(request, "clinic/home.html", {"places": places})


def first_page(membership: Membership) -> str:
    """The first page of the navigation that the role may open: the board for the floor, the charts for an auditor."""
    if membership.role == Role.AUDITOR and newest_grant(membership) is not None:
        return address(AUDITED, membership.site.slug)
    pages = (address(name, membership.site.slug) for name, _, _, permission in NAVIGATION if may(membership.role, permission))
    return next((url for url in pages if url), "")
