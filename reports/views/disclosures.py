"""The ledger of what has left the site, for administrators and auditors."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.roles import Permission, may
from reports.queries.exports import disclosures_of

PAGE = 50


@require_safe
def disclosures(request: HttpRequest, site: str) -> HttpResponse:
    the_site = access.site_for(request, site, Permission.VIEW_AUDIT)
    page = Paginator(disclosures_of(the_site), PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/disclosures.html", {"page": page, "may_export": may(request.membership.role, Permission.EXPORT)})  # type: ignore[attr-defined]
