"""The compliance page, the list of visits behind each measure, and all numbers for another program."""

from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.models import Site
from clinic.queries.opening import today_at
from clinic.roles import Permission, may
from reports import cells, lists, queries
from reports.actions.disclosing import disclose_numbers
from reports.forms import ExportForm, RangeForm, range_form
from reports.rules import MEASURE_BY_CODE, MEASURES, Kind, Result, evaluate
from sessions.models import TreatmentSession

PAGE = 50
# What the two lists behind a number are called; an amount has one alone.
TABS = {Kind.KEPT: ("Fell short", "Kept"), Kind.SHARE: ("Found", "The others"), Kind.AMOUNT: ("Longest first", "")}


@require_safe
def reports(request: HttpRequest, site: str) -> HttpResponse:
    """Each measure of the range: a number, and the list behind it."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    today = today_of(request, the_site)
    form = range_form(request.GET, today=today)
    if not form.is_valid():
        return not_a_range(request, form)
    results, facts_count = measured(the_site, form, today)
    groups = [(group.value, list(found)) for group, found in groupby(results, key=lambda result: result.measure.group)]
    context: dict[str, Any] = {"form": form, "groups": groups, "query": address_of(form), "total": facts_count}
    context["line"] = export_line(request, lists.NUMBERS, form)
    return render(request, "reports/reports.html", context)


@require_safe
def report_list(request: HttpRequest, site: str, code: str) -> HttpResponse:
    """The visits behind one measure: those to look at first, or the rest of those that count."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    known(code)
    form = range_form(request.GET, today=today_of(request, the_site))
    if not form.is_valid():
        return not_a_range(request, form)
    result = one_measured(request, the_site, form, code)
    show = "kept" if request.GET.get("show") == "kept" else "short"
    behind = result.others if show == "kept" else result.shown
    newest = behind if result.measure.kind is Kind.AMOUNT else behind[::-1]
    page = Paginator(newest, PAGE).get_page(request.GET.get("page"))
    visits = TreatmentSession.objects.select_related("patient", "chair").in_bulk([row.pk for row in page.object_list])
    context: dict[str, Any] = {
        "result": result, "page": page, "rows": [(visits[row.pk], row) for row in page.object_list], "show": show, "query": address_of(form), "form": form,
        "tabs": [(word, tab, len(found)) for word, tab, found in zip(("short", "kept"), TABS[result.measure.kind], (result.shown, result.others), strict=True) if tab],
        "line": export_line(request, code, form),
    }  # fmt: skip
    return render(request, "reports/report_list.html", context)


@require_safe
def report_json(request: HttpRequest, site: str) -> HttpResponse:
    """Every measure's numbers of `from`–`to`, for another program; nobody's data."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    access.require(request, Permission.EXPORT, "report", "compliance")
    today = today_of(request, the_site)
    form = range_form({"first": request.GET.get("from", ""), "last": request.GET.get("to", "")}, today=today)
    if not form.is_valid():
        errors = {{"first": "from", "last": "to"}.get(field, field): list(found) for field, found in form.errors.items()}
        return JsonResponse({"errors": errors}, status=422)
    results, total = measured(the_site, form, today)
    told = {"recipient": "A program", "purpose": "Numbers for another program", "rows": len(results)}
    disclose_numbers(the_site, what="All measures, as numbers", by=request.user, now=request.now, **days_of(form), **told)  # type: ignore[attr-defined, arg-type]
    body = {
        "site": the_site.slug, "from": form.cleaned_data["first"], "to": form.cleaned_data["last"], "as_of": today, "visits": total,
        "measures": [cells.as_data(result) for result in results],
    }  # fmt: skip
    return JsonResponse(body, headers={"Cache-Control": "no-store"})


def known(code: str) -> None:
    if code not in MEASURE_BY_CODE:
        raise Http404("No such report.")


def today_of(request: HttpRequest, site: Site) -> date:
    return today_at(site, request.now)  # type: ignore[attr-defined]


def not_a_range(request: HttpRequest, form: RangeForm) -> HttpResponse:
    """The range again, with what is wrong about it."""
    return render(request, "reports/reports.html", {"form": form, "groups": [], "query": "", "total": None}, status=422)


def measured(site: Site, form: RangeForm, today: date) -> tuple[list[Result], int]:
    """Every measure over the range, and how many visits lie in it."""
    facts = queries.facts_of(site, form.cleaned_data["first"], form.cleaned_data["last"])
    return [evaluate(measure, facts, today=today) for measure in MEASURES], len(facts)


def one_measured(request: HttpRequest, site: Site, form: RangeForm, code: str) -> Result:
    facts = queries.facts_of(site, form.cleaned_data["first"], form.cleaned_data["last"])
    return evaluate(MEASURE_BY_CODE[code], facts, today=today_of(request, site))


def days_of(form: RangeForm) -> dict[str, date]:
    return {name: form.cleaned_data[name] for name in ("first", "last")}


def export_line(request: HttpRequest, of: str, form: RangeForm) -> ExportForm | None:
    """What is shown, ready to be exported in one line; None for who may not."""
    if not may(request.membership.role, Permission.EXPORT):  # type: ignore[attr-defined]
        return None
    return ExportForm(initial={"of": of, **days_of(form)}, people=())


def address_of(form: RangeForm) -> str:
    return f"first={form.cleaned_data['first']}&last={form.cleaned_data['last']}"
