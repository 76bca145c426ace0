"""All of a person's sites over twelve months: the network's numbers, and each site's beside them."""

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.roles import Permission
from reports.forms import MonthForm
from reports.queries.network import lines_of, places_over
from reports.views.scope import reported_to, today_of

PAGE = 50


@require_safe
def report_network(request: HttpRequest, site: str) -> HttpResponse:
    """The twelve months that end with the one that is asked for; without one, the last that is over."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    form = MonthForm({"until": request.GET.get("until") or f"{before(today_of(request, the_site)):%Y-%m}"})
    if not form.is_valid():
        return render(request, "reports/network.html", {"form": form, "page": None}, status=422)
    last = form.cleaned_data["until"]
    first = date(last.year - 1, last.month + 1, 1) if last.month < 12 else date(last.year, 1, 1)
    places = places_over([place.site for place in reported_to(request)], first, last, now=request.now)
    context = {
        "form": form, "first": first, "last": last, "lines": lines_of(places), "page": Paginator(places, PAGE).get_page(request.GET.get("page")),
        "visits": sum(place.visits for place in places), "dosed": sum(place.dosed for place in places),
        "missing": sum(not place.is_summed_up for place in places), "waiting": sum(place.waits for place in places), "query": f"until={last:%Y-%m}",
    }  # fmt: skip
    return render(request, "reports/network.html", context)


def before(day: date) -> date:
    """The first day of the month before."""
    return date(day.year, day.month - 1, 1) if day.month > 1 else date(day.year - 1, 12, 1)
