"""Every measure of a range, the list of visits behind each, and all numbers for another program."""

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access, audit
from clinic.roles import Permission
from reports import cells, lists
from reports.actions.disclosing import disclose_numbers
from reports.forms import RangeForm
from reports.queries.exports import people_of
from reports.rules import MEASURE_BY_CODE, Band, Kind, Measure, evaluate
from reports.rules.judged import tallies
from reports.views.scope import export_line, scope, today_of, visits_in
from sessions.models import TreatmentSession

PAGE = 50
# What the two lists behind a number are called; an amount has one alone.
TABS = {Kind.KEPT: ("Fell short", "Kept"), Kind.SHARE: ("Found", "The others"), Kind.AMOUNT: ("Longest first", ""), Kind.SPREAD: ("Newest first", "")}
NAMED = {"first": "from", "last": "to"}


@require_safe
def measures(request: HttpRequest, site: str) -> HttpResponse:
    """Each measure of the range: a number, and the list behind it."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    form = scope(request, the_site)
    if not form.is_valid():
        return not_a_range(request, form)
    visits, today = visits_in(request, the_site, form), today_of(request, the_site)
    results = tallies(visits, today)
    groups = [(group.value, list(found)) for group, found in groupby(results, key=lambda result: result.measure.group)]
    context: dict[str, Any] = {"form": form, "groups": groups, "query": form.address, "total": len(visits)}
    return render(request, "reports/measures.html", context | export_line(request, lists.NUMBERS, form))


@require_safe
def report_list(request: HttpRequest, site: str, code: str) -> HttpResponse:
    """The visits behind one measure: those to look at first, or the rest of those that count."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    if code not in MEASURE_BY_CODE:
        raise Http404("No such report.")
    form = scope(request, the_site)
    if not form.is_valid():
        return not_a_range(request, form)
    result = evaluate(MEASURE_BY_CODE[code], visits_in(request, the_site, form), today=today_of(request, the_site))
    band, show = asked_band(request, result.measure), "kept" if request.GET.get("show") == "kept" else "short"
    behind = [row for row in (result.others if show == "kept" else result.shown) if band is None or any(map(band.holds, row.answer.values))]
    newest = behind if result.is_amount else behind[::-1]
    page = Paginator(newest, PAGE).get_page(request.GET.get("page"))
    visits = TreatmentSession.objects.select_related("patient", "chair").in_bulk([row.pk for row in page.object_list])
    audit.append(
        action="report.read", target_kind="report", target_pk=code, by=request.user, now=request.now, site=the_site,  # type: ignore[arg-type, attr-defined]
        changes={**form.codes, "show": show, "sessions": sorted(visits)},
    )  # fmt: skip
    context: dict[str, Any] = {
        "result": result, "heading": heading_of(result.measure), "page": page, "rows": [(visits[row.pk], row) for row in page.object_list], "show": show, "query": form.address, "form": form, "band": band,
        "band_query": f"&band={request.GET['band']}" if band else "",
        "tabs": [(word, tab, len(found)) for word, tab, found in zip(("short", "kept"), TABS[result.measure.kind], (result.shown, result.others), strict=True) if tab],
    }  # fmt: skip
    return render(request, "reports/report_list.html", context | export_line(request, code, form))


def heading_of(measure: Measure) -> str:
    """What stands over the numbers of the visits one by one."""
    return {Kind.AMOUNT: measure.unit, Kind.SPREAD: "How often"}.get(measure.kind, "Counted")


def asked_band(request: HttpRequest, measure: Measure) -> Band | None:
    """The band of `?band=`, counted from 1. A number that the measure hasn't is no page."""
    text = request.GET.get("band", "")
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
    if not 0 < number <= len(measure.bands):
        raise Http404("No such band.")
    return measure.bands[number - 1]


@require_safe
def report_json(request: HttpRequest, site: str) -> HttpResponse:
    """Every measure's numbers of `from`–`to`, for another program; nobody's data."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    access.require(request, Permission.EXPORT, "report", "compliance")
    days = {name: request.GET.get(word, "") for name, word in NAMED.items()}
    form = RangeForm({**request.GET.dict(), **days}, people=people_of(the_site))
    if not form.is_valid():
        return JsonResponse({"errors": {NAMED.get(field, field): list(found) for field, found in form.errors.items()}}, status=422)
    visits, today = visits_in(request, the_site, form), today_of(request, the_site)
    results = tallies(visits, today)
    told = {"recipient": "A program", "purpose": "Numbers for another program", "rows": len(results)}
    disclose_numbers(the_site, what=lists.NAMES[lists.NUMBERS], codes=form.codes, by=request.user, now=request.now, **told)  # type: ignore[attr-defined, arg-type]
    body = {
        "site": the_site.slug, "from": form.days["first"], "to": form.days["last"], "as_of": today, "visits": len(visits),
        **form.narrowing.as_codes, "measures": [cells.as_data(result) for result in results],
    }  # fmt: skip
    return JsonResponse(body, headers={"Cache-Control": "no-store"})


def not_a_range(request: HttpRequest, form: RangeForm) -> HttpResponse:
    """The range again, with what is wrong about it."""
    return render(request, "reports/measures.html", {"form": form, "groups": [], "query": "", "total": None}, status=422)
