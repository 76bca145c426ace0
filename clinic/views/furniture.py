"""Chairs, opening hours, closed days."""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from clinic import access
from clinic.actions.furniture import add_chair, add_closure, change_chair, set_opening_hours, stored_spans, week_words
from clinic.actions.furniture import remove_closure as open_again
from clinic.actions.merging import opened_as
from clinic.findings import Refused
from clinic.forms.base import attempt
from clinic.forms.furniture import ChairForm, ChangeChairForm, ClosureForm, HoursForm
from clinic.models import Chair, Closure
from clinic.queries import today_at
from clinic.roles import Permission
from clinic.views.pages import done, page


@require_http_methods(["GET", "HEAD", "POST"])
def chairs(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    listed = list(Chair.objects.filter(site=place).order_by("-is_active", "position", "name", "pk")[:200])
    form = ChairForm(request.POST or None, initial={"position": len(listed) + 1})
    if request.method == "POST" and attempt(form, add_chair, site=place, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The chair is added.", "chairs", site)
    return page(request, "clinic/chairs.html", {"form": form, "chairs": listed})


@require_http_methods(["GET", "HEAD", "POST"])
def chair(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MANAGE_SITE)
    row = access.row_for(request, Chair.objects.select_related("site"), pk, Permission.MANAGE_SITE, "chair")
    initial = {"name": row.name, "position": row.position, "is_active": row.is_active}
    form = ChangeChairForm(request.POST or None, initial={**initial, "opened": opened_as(row, initial)})
    if request.method == "POST" and attempt(form, change_chair, chair=row, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The chair is saved.", "chairs", site)
    return page(request, "clinic/chair.html", {"form": form, "chair": row})


@require_http_methods(["GET", "HEAD", "POST"])
def opening_hours(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    spans = stored_spans(place)
    form = HoursForm(request.POST or None, spans=spans, initial={"opened": json.dumps(week_words(spans), sort_keys=True)})
    if request.method == "POST" and attempt(form, set_opening_hours, "spans", "opened", site=place, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The week is saved.", "site_settings", site)
    return page(request, "clinic/opening_hours.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def closures(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = ClosureForm(request.POST or None)
    if request.method == "POST" and attempt(form, add_closure, site=place, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "Marked as closed.", "closures", site)
    return closures_page(request, form)


@require_POST
def remove_closure(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MANAGE_SITE)
    row = access.row_for(request, Closure.objects.select_related("site"), pk, Permission.MANAGE_SITE, "closure")
    try:
        open_again(row, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        response = closures_page(request, ClosureForm(), refused.findings)
        response.status_code = 422
        return response
    return done(request, "That day is open again.", "closures", site)


def closures_page(request: HttpRequest, form: ClosureForm, findings: object = ()) -> HttpResponse:
    place = request.site  # type: ignore[attr-defined]
    listed = Closure.objects.filter(site=place).order_by("-closed_on", "-pk")[:100]
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    return page(request, "clinic/closures.html", {"form": form, "closures": listed, "today": today, "findings": findings})
