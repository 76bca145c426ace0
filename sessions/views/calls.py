"""What is loud on every page, asked again while the page stands: 204 while nothing is and nothing was."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic import registry
from clinic.access import site_for
from clinic.roles import Permission


@require_GET
def calls(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_FLOOR)
    was_loud = request.GET.get("was") == "1"
    if not registry.is_loud(request.membership) and not was_loud:
        return HttpResponse(status=204)
    return render(request, "components/_calls.html", {"site": place})
