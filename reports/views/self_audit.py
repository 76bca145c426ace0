"""The pages of the weekly self-audit: what is open by age, what was closed and how, and one finding with its plan."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clinic import access
from clinic.actions.merging import opened_as
from clinic.forms.base import attempt, posting_to
from clinic.http import see_other
from clinic.models import Site
from clinic.queries import today_at
from clinic.roles import Permission, may
from reports.actions.digests import KEEPS
from reports.actions.findings import FIELDS, close_finding, plan_finding
from reports.forms.findings import CloseForm, PlanForm
from reports.models import AuditFinding, SelfAudit
from reports.queries.self_audit import OF_THE_SITE, age, closed_findings, open_findings, representative_of
from reports.rules import MEASURE_BY_CODE
from reports.rules.self_audit import DAYS_TO_ACT, Age, Tone

PAGE = 50
ROUNDS = 8


@dataclass(frozen=True)
class Line:
    """One finding of a list."""

    finding: AuditFinding
    question: str
    age: Age


def question_of(finding: AuditFinding) -> str:
    measure = MEASURE_BY_CODE.get(finding.measure)
    return measure.question if measure is not None else OF_THE_SITE.get(finding.measure, finding.measure)


def line_of(finding: AuditFinding, today: date) -> Line:
    return Line(finding, question_of(finding), age(finding, today))


@require_safe
def self_audit(request: HttpRequest, site: str) -> HttpResponse:
    """Open findings, the oldest first; or the closed ones, the newest first; and the last rounds."""
    place = access.site_for(request, site, Permission.VIEW_REPORTS)
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    standing = open_findings(place)
    is_closed = request.GET.get("show") == "closed"
    page = Paginator(closed_findings(place) if is_closed else standing, PAGE).get_page(request.GET.get("page"))
    ages = [age(finding, today) for finding in standing]
    context: dict[str, Any] = {
        "lines": [line_of(finding, today) for finding in page.object_list], "page": page, "is_closed": is_closed, "open": len(ages),
        "closed": closed_findings(place).count(), "loud": sum(one.tone is Tone.ACT for one in ages), "nobody": sum(row.owner_id is None for row in standing),
        "rounds": SelfAudit.objects.filter(site=place)[:ROUNDS], "representative": representative_of(place, today),
        "may_export": may(request.membership.role, Permission.EXPORT),  # type: ignore[attr-defined]
        "given_up_before": request.now - KEEPS,  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "reports/self_audit.html", context)


@require_safe
def self_audit_finding(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One finding: what fell short, who acts, and what the rules have said since."""
    place = access.site_for(request, site, Permission.VIEW_REPORTS)
    finding = finding_for(request, pk, Permission.VIEW_REPORTS)
    return shown(request, place, finding)


@require_POST
def self_audit_plan(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.ANSWER_AUDIT)
    finding = finding_for(request, pk, Permission.ANSWER_AUDIT)
    form = PlanForm(request.POST, site=place)
    if not attempt(form, lambda **said: plan_finding(finding, **said, by=request.user, now=request.now)):  # type: ignore[attr-defined, arg-type]
        return shown(request, place, finding, plan=form)
    return see_other("self_audit_finding", place.slug, finding.pk)


@require_POST
def self_audit_close(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.ANSWER_AUDIT)
    finding = finding_for(request, pk, Permission.ANSWER_AUDIT)
    form = CloseForm(request.POST)
    if not attempt(form, lambda **said: close_finding(finding, **said, by=request.user, now=request.now)):  # type: ignore[attr-defined, arg-type]
        return shown(request, place, finding, close=form)
    return see_other("self_audit_finding", place.slug, finding.pk)


def finding_for(request: HttpRequest, pk: int, permission: Permission) -> AuditFinding:
    rows = AuditFinding.objects.select_related("site", "session__patient", "owner", "planned_by", "closed_by", "audit")
    found: AuditFinding = access.row_for(request, rows, pk, permission, "auditfinding")
    return found


def shown(
    request: HttpRequest, place: Site, finding: AuditFinding, *, plan: BaseForm | None = None, close: BaseForm | None = None
) -> HttpResponse:  # fmt: skip
    """The page, with a refused form as it was typed."""
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    checks = list(finding.checks.select_related("audit").order_by("-checked_at", "-pk"))
    finding.last_verdict = checks[0].verdict if checks else ""  # type: ignore[attr-defined]
    may_answer = finding.closed_at is None and may(request.membership.role, Permission.ANSWER_AUDIT)  # type: ignore[attr-defined]
    given = {name: getattr(finding, name) for name in FIELDS} | {"opened": opened_as(finding, FIELDS)}
    given["due_on"] = finding.due_on or today + DAYS_TO_ACT
    context = {
        "line": line_of(finding, today), "finding": finding, "checks": checks, "may_answer": may_answer,
        "plan": posting_to(plan or PlanForm(site=place, initial=given), reverse("self_audit_plan", args=[place.slug, finding.pk])),
        "close": posting_to(close or CloseForm(), reverse("self_audit_close", args=[place.slug, finding.pk])), "is_closing": close is not None,
    }  # fmt: skip
    return render(request, "reports/self_audit_finding.html", context, status=422 if plan or close else 200)
