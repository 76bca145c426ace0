"""The look-ahead of fourteen days: what will go wrong at a site, and where it is mended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import site_for
from clinic.queries import today_at
from clinic.roles import Permission
from desk.queries.ahead import days_of, stops
from sessions.rules.ahead import window


@require_GET
def ahead(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_FLOOR)
    days = days_of(place, request.now, request.membership.role)
    first, last = window(today_at(place, request.now))
    context = {"days": days, "count": sum(len(day.lines) for day in days), "stops": stops(days), "first": first, "last": last}
    return render(request, "desk/ahead.html", context)
