"""The compliance page, the list of visits behind each measure, and what is exported of them."""

from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access, audit
from clinic.models import Site
from clinic.queries.opening import today_at
from clinic.roles import Permission, may
from reports import exports, queries
from reports.forms import RangeForm, range_form
from reports.rules import MEASURE_BY_CODE, MEASURES, Kind, Result, evaluate
from sessions.models import TreatmentSession

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
    context["may_export"] = may(request.membership.role, Permission.EXPORT)  # type: ignore[attr-defined]
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
        "may_export": may(request.membership.role, Permission.EXPORT),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "reports/report_list.html", context)


@require_safe
def report_csv(request: HttpRequest, site: str, code: str) -> HttpResponse:
    """Every visit of one measure with its answer; leaving the site is an audit entry."""
    the_site, form, result = exported(request, site, code)
    rows = exports.rows_of(the_site, result)
    note(request, the_site, code, form, "csv", len(rows))
    return as_file(exports.as_csv(rows), "text/csv; charset=utf-8", f"{name_of(the_site, code, form)}.csv")


@require_safe
def report_xlsx(request: HttpRequest, site: str, code: str) -> HttpResponse:
    """The same as a workbook, with dates and numbers as such."""
    the_site, form, result = exported(request, site, code)
    rows = exports.rows_of(the_site, result)
    note(request, the_site, code, form, "xlsx", len(rows))
    about = exports.about(the_site, result, form.cleaned_data["first"], form.cleaned_data["last"])
    return as_file(exports.as_xlsx(rows, about), XLSX, f"{name_of(the_site, code, form)}.xlsx")


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
    note(request, the_site, "compliance", form, "json", len(results))
    body = {
        "site": the_site.slug, "from": form.cleaned_data["first"], "to": form.cleaned_data["last"], "as_of": today, "visits": total,
        "measures": [exports.as_data(result) for result in results],
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


def exported(request: HttpRequest, slug: str, code: str) -> tuple[Site, RangeForm, Result]:
    """What an export speaks of. Raises 404 for an unknown measure or an impossible range, 403 for who may not export."""
    site = access.site_for(request, slug, Permission.VIEW_REPORTS)
    access.require(request, Permission.EXPORT, "report", code)
    known(code)
    form = range_form(request.GET, today=today_of(request, site))
    if not form.is_valid():
        raise Http404("No such range.")
    return site, form, one_measured(request, site, form, code)


def note(request: HttpRequest, site: Site, code: str, form: RangeForm, kind: str, rows: int) -> None:
    audit.append(
        action="report.exported", target_kind="report", target_pk=code, by=request.user, now=request.now, site=site,  # type: ignore[attr-defined, arg-type]
        changes={"first": str(form.cleaned_data["first"]), "last": str(form.cleaned_data["last"]), "rows": rows, "as": kind},
    )  # fmt: skip


def as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type, headers={"Cache-Control": "no-store"})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def name_of(site: Site, code: str, form: RangeForm) -> str:
    return f"{site.slug}-{code}-{form.cleaned_data['first']}-{form.cleaned_data['last']}"


def address_of(form: RangeForm) -> str:
    return f"first={form.cleaned_data['first']}&last={form.cleaned_data['last']}"
