"""The compliance page, the list of sessions behind each measure, and its CSV."""

import csv
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access, audit
from clinic.models import Site
from clinic.roles import Permission, may
from reports import queries
from reports.forms import RangeForm, range_form
from reports.rules import MEASURE_BY_CODE, MEASURES, Result, evaluate
from sessions.models import TreatmentSession

PAGE = 50
RISKY = ("=", "+", "-", "@", "\t", "\r")


@require_safe
def reports(request: HttpRequest, site: str) -> HttpResponse:
    """Each measure of the range: a number, and the list behind it."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    today = queries.today_at(the_site, request.now)  # type: ignore[attr-defined]
    form = range_form(request.GET, today=today)
    if not form.is_valid():
        return render(request, "reports/reports.html", {"form": form, "results": [], "query": "", "total": 0}, status=422)
    facts = queries.facts_of(the_site, form.cleaned_data["first"], form.cleaned_data["last"])
    results = [evaluate(measure, facts, today=today) for measure in MEASURES]
    return render(request, "reports/reports.html", {"form": form, "results": results, "query": address_of(form), "total": len(facts)})


@require_safe
def report_list(request: HttpRequest, site: str, code: str) -> HttpResponse:
    """The sessions behind one measure: those that fell short first, or all that count."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    form, result = measured(request, the_site, code)
    show = "kept" if request.GET.get("show") == "kept" else "short"
    pks = result.kept_pks if show == "kept" else result.fell_short
    page = Paginator(list(reversed(pks)), PAGE).get_page(request.GET.get("page"))
    rows = TreatmentSession.objects.select_related("patient", "chair").in_bulk(list(page.object_list))
    sessions = [rows[pk] for pk in page.object_list]
    context: dict[str, Any] = {"result": result, "page": page, "rows": sessions, "show": show, "query": address_of(form), "form": form}
    context["may_export"] = may(request.membership.role, Permission.EXPORT)  # type: ignore[attr-defined]
    return render(request, "reports/report_list.html", context)


@require_safe
def report_csv(request: HttpRequest, site: str, code: str) -> HttpResponse:
    """Every session of one measure with its answer; leaving the site is an audit entry."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    access.require(request, Permission.EXPORT, "report", code)
    form, result = measured(request, the_site, code)
    answers = {**dict.fromkeys(result.kept_pks, "kept"), **dict.fromkeys(result.fell_short, "fell short")}
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers={"Cache-Control": "no-store"})
    response["Content-Disposition"] = f'attachment; filename="{the_site.slug}-{code}-{form.cleaned_data["first"]}-{form.cleaned_data["last"]}.csv"'
    writer = csv.writer(response)
    writer.writerow(["rule", "measure", "session", "day of treatment", "MRN", "chair", "result"])
    rows = TreatmentSession.objects.filter(site=the_site, pk__in=answers).select_related("patient", "chair").order_by("treatment_on", "pk")
    for row in rows:
        writer.writerow(
            [result.measure.rule, code, row.pk, row.treatment_on.isoformat(), harmless(row.patient.mrn), harmless(row.chair.name), answers[row.pk]]
        )
    audit.append(
        action="report.exported", target_kind="report", target_pk=code, by=request.user, now=request.now, site=the_site,  # type: ignore[attr-defined, arg-type]
        changes={"first": str(form.cleaned_data["first"]), "last": str(form.cleaned_data["last"]), "rows": len(answers)},
    )  # fmt: skip
    return response


def measured(request: HttpRequest, site: Site, code: str) -> tuple[RangeForm, Result]:
    """One measure over the range of the address; 404 for an unknown measure or an impossible range."""
    today: date = queries.today_at(site, request.now)  # type: ignore[attr-defined]
    form = range_form(request.GET, today=today)
    if code not in MEASURE_BY_CODE or not form.is_valid():
        raise Http404("No such report.")
    facts = queries.facts_of(site, form.cleaned_data["first"], form.cleaned_data["last"])
    return form, evaluate(MEASURE_BY_CODE[code], facts, today=today)


def address_of(form: RangeForm) -> str:
    return f"first={form.cleaned_data['first']}&last={form.cleaned_data['last']}"


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(RISKY) else cell
