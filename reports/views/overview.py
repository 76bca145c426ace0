"""One page from which an administrator knows whether the site keeps the REMS: what fell short and who acts, traffic, trends."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.models import Site
from clinic.roles import Permission, may
from reports import charts, lists
from reports.queries.overview import Owned, owned_findings
from reports.queries.self_audit import site_shortfalls
from reports.rules import overview
from reports.rules.overview import Line
from reports.views.scope import export_line, reported_to, scope, today_of, visits_in
from sessions.queries.forms import owed_summary


@require_safe
def reports(request: HttpRequest, site: str) -> HttpResponse:
    """The overview of the range; everything from one reading of its visits."""
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    form = scope(request, the_site)
    if not form.is_valid():
        return render(request, "reports/overview.html", {"form": form, "total": None}, status=422)
    visits = visits_in(request, the_site, form)
    context: dict[str, Any] = {"form": form, "query": form.address, "total": len(visits), **standing(request, the_site)}
    if visits:
        today = today_of(request, the_site)
        spans = overview.spans_of(**form.days)
        places = overview.places_of(visits, spans)
        traffic = overview.traffic_of(visits, places, spans)
        lines = overview.lines_of(visits, places, len(spans), today)
        context |= told(the_site, lines) | {
            "spans": spans,
            "numbers": "numbers" in request.GET,
            "chart": charts.traffic_chart(spans, traffic),
            "traffic": list(zip(spans, traffic, strict=True)),
        }
        context |= export_line(request, lists.NUMBERS, form)
    return render(request, "reports/overview.html", context)


def standing(request: HttpRequest, site: Site) -> dict[str, Any]:
    """How the site itself stands today, whatever the range: what it lacks, forms owed, and whether there are sites to compare."""
    role = request.membership.role  # type: ignore[attr-defined]
    return {
        "may_export": may(role, Permission.EXPORT), "may_read_ledger": may(role, Permission.VIEW_AUDIT),
        "lacking": site_shortfalls(site, today_of(request, site)),
        "owed": owed_summary(site, request.now),  # type: ignore[attr-defined]
        "has_sites": len(reported_to(request)) > 1,
    }  # fmt: skip


def told(site: Site, lines: list[Line]) -> dict[str, Any]:
    owned = owned_findings(site)
    kept, judged = overview.judged(lines)
    drawn = {line.measure.code: charts.spark(line) for line in lines}
    short = [
        {"line": line, "spark": drawn[line.measure.code], "owned": owned.get(line.measure.code, Owned()), "acts": overview.ACTS[line.measure.group]}
        for line in overview.fell_short(lines)
    ]
    groups = [
        (group, [(line, drawn[line.measure.code]) for line in found]) for group, found in groupby(lines, key=lambda line: line.measure.group.value)
    ]
    return {"short": short, "kept": kept, "judged": judged, "groups": groups}
