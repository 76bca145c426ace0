"""Auditors: let in, looked after and sent away by an administrator; and the page that leads an auditor through what is theirs to see."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from clinic import access, audit, mail
from clinic.forms.base import attempt
from clinic.http import see_other
from clinic.models import AuditorGrant
from clinic.roles import Permission, may
from reports.actions.exports import fetch_export
from reports.forms.auditors import AuditorForm
from reports.queries.auditors import binder_for, given, grants_of, told, views_of
from reports.views.exports import download
from sessions.actions.auditing import Granted, grant_audit, revoke_audit
from sessions.queries.auditing import sessions_within

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def auditors(request: HttpRequest, site: str) -> HttpResponse:
    """Who may audit, and a new one; the mail goes when the grant stands."""
    place = access.site_for(request, site, Permission.MANAGE_STAFF)
    form = AuditorForm(request.POST or None)
    made: list[Granted] = []
    if request.method == "POST" and attempt(form, lambda **values: made.append(grant_audit(place, by=request.user, now=request.now, **values))):  # type: ignore[attr-defined, arg-type]
        invitation = made[0].invitation
        if invitation is not None and not mail.send_invitation(invitation, made[0].token):
            messages.error(request, "The access is on record, but the invitation could not be sent. End it and grant it again later.")
        else:
            messages.success(request, "The access is granted." if invitation is None else "The access is granted; the invitation is on its way.")
        return see_other("auditor_grant", place.slug, made[0].grant.pk)
    context = {"form": form, "grants": grants_of(place, request.now)}  # type: ignore[attr-defined]
    return render(request, "reports/auditors.html", context, status=422 if form.is_bound else 200)


@require_safe
def auditor_grant(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One auditor's access with each of their views."""
    access.site_for(request, site, Permission.MANAGE_STAFF)
    grant = grant_for(request, pk)
    page = Paginator(views_of(grant), PAGE).get_page(request.GET.get("page"))
    context = {
        "given": given(grant, request.now), "grant": grant, "page": page, "views": [told(entry) for entry in page.object_list],  # type: ignore[attr-defined]
        "sessions": sessions_within(grant).count(), "may_export": may(request.membership.role, Permission.EXPORT),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "reports/auditor_grant.html", context)


@require_POST
def auditor_revoke(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_STAFF)
    revoke_audit(grant_for(request, pk), by=request.user, now=request.now)  # type: ignore[attr-defined, arg-type]
    messages.success(request, "Their access has ended.")
    return see_other("auditor_grant", place.slug, pk)


def grant_for(request: HttpRequest, pk: int) -> AuditorGrant:
    rows = AuditorGrant.objects.select_related("membership__user", "invitation", "granted_by", "revoked_by")
    grant: AuditorGrant = access.row_for(request, rows, pk, Permission.MANAGE_STAFF, "auditorgrant")
    return grant


@require_safe
def audited(request: HttpRequest, site: str) -> HttpResponse:
    """The auditor's own page: their sessions, how the sample was drawn, until when. Whoever has no grant has the charts."""
    place = access.site_for(request, site, Permission.VIEW_RECORD)
    grant: AuditorGrant | None = getattr(request, "grant", None)
    if grant is None:
        return see_other("patient_list", place.slug)
    audit.record(action="auditor.opened", target=grant, by=request.user, now=request.now, site=place)  # type: ignore[attr-defined, arg-type]
    rows = sessions_within(grant).select_related("patient", "chair").prefetch_related("forms").order_by("treatment_on", "starts_at", "pk")
    context = {"grant": grant, "binder": binder_for(grant, request.now), "page": Paginator(rows, PAGE).get_page(request.GET.get("page"))}
    return render(request, "reports/audited.html", context)


@require_GET
def audited_binder(request: HttpRequest, site: str) -> HttpResponseBase:
    """The binder that an administrator has made of exactly the auditor's sessions: an entry each time, a line of the ledger the first time."""
    place = access.site_for(request, site, Permission.VIEW_RECORD)
    grant: AuditorGrant | None = getattr(request, "grant", None)
    row = binder_for(grant, request.now) if grant is not None else None  # type: ignore[attr-defined]
    if row is None:
        return see_other("audited", place.slug)
    return download(fetch_export(row, by=request.user, now=request.now))  # type: ignore[attr-defined, arg-type]
