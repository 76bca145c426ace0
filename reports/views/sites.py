"""A person's sites side by side: the same rules over the same days; only sites whose reports they may see."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.models import Membership
from clinic.roles import Permission
from reports.forms import RangeForm
from reports.rules import Kind
from reports.rules.judged import tallies
from reports.rules.self_audit import AUDITED
from reports.views.scope import reported_to, scope, today_of, visits_in

# Each is read as its own page would read it.
PAGE = 6
COMPARED = tuple(measure for measure in AUDITED if measure.kind is Kind.KEPT)


@require_safe
def report_sites(request: HttpRequest, site: str) -> HttpResponse:
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    form = scope(request, the_site)
    if not form.is_valid():
        return render(request, "reports/sites.html", {"form": form, "page": None}, status=422)
    page = Paginator(reported_to(request), PAGE).get_page(request.GET.get("page"))
    columns = [column(request, place, form) for place in page.object_list]
    rows = [(measure, [(column["results"][number], column["site"]) for column in columns]) for number, measure in enumerate(COMPARED)]
    context = {"form": form, "page": page, "columns": columns, "rows": rows, "query": form.address}
    return render(request, "reports/sites.html", context)


def column(request: HttpRequest, place: Membership, form: RangeForm) -> dict[str, Any]:
    visits, today = visits_in(request, place.site, form), today_of(request, place.site)
    results = [result for result in tallies(visits, today) if result.measure in COMPARED]
    counted = [result for result in results if result.counted]
    return {
        "site": place.site, "results": results, "kept": sum(result.is_met for result in counted), "judged": len(counted),
        "sessions": sum(facts.is_dosed for facts in visits),
    }  # fmt: skip
