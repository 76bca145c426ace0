"""The list of a site's emergencies, for who answers for them: administrator, prescriber, auditor (MON-5)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.access import site_for
from clinic.roles import Permission
from sessions.queries.past_emergencies import emergencies_of, lines_of

PAGE = 30


@require_safe
def emergencies(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_REPORTS)
    page = Paginator(emergencies_of(place), PAGE).get_page(request.GET.get("page"))
    response = render(request, "sessions/emergencies.html", {"site": place, "page": page, "lines": lines_of(place, page.object_list)})
    response["Cache-Control"] = "no-store"
    return response
