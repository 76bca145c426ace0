"""Exports: ask for one, watch it, cancel it, fetch it; small ones are made while the page waits."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from clinic import access, clock, scope
from clinic.findings import Refused
from clinic.http import see_other
from clinic.models import Site
from clinic.queries.opening import today_at
from clinic.roles import Permission, may
from reports import lists, work
from reports.access import export_for
from reports.actions.exports import ask_again, ask_export, cancel_export, fetch_export
from reports.forms import ExportForm
from reports.kinds import kind_of
from reports.models import Export, ExportPart
from reports.queries.exports import exports_of, people_of
from reports.rules.overview import last_weeks

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest, site: str) -> HttpResponse:
    """Mine, and a new one; what an address brings fills the form."""
    the_site = entered(request, site)
    people = people_of(the_site)
    if request.method == "POST":
        form = ExportForm(request.POST, people=people)
        if form.is_valid():
            return asked(request, the_site, form)
        return shown(request, the_site, form, status=422)
    given = {name: request.GET[name] for name in ExportForm.base_fields if name in request.GET}
    first, last = last_weeks(today_at(the_site, request.now))  # type: ignore[attr-defined]
    return shown(request, the_site, ExportForm(initial={"first": first, "last": last, **given}, people=people))


def entered(request: HttpRequest, slug: str) -> Site:
    site = access.site_for(request, slug, Permission.VIEW_REPORTS)
    access.require(request, Permission.EXPORT, "export")
    return site


def shown(request: HttpRequest, site: Site, form: ExportForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(exports_of(site, request.user), PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    rows = [(row, kind_of(row.kind).words(row.filters)) for row in page.object_list]
    return render(request, "reports/exports.html", {"form": form, "page": page, "rows": rows, "may_read_ledger": may_read(request)}, status=status)


def may_read(request: HttpRequest) -> bool:
    return may(request.membership.role, Permission.VIEW_AUDIT)  # type: ignore[attr-defined]


def asked(request: HttpRequest, site: Site, form: ExportForm) -> HttpResponse:
    """Built here and fetched at once when it is small; by a worker otherwise."""
    told = {name: form.cleaned_data[name] for name in ("recipient", "purpose", "client_key")}
    wish = Export(site=site, filters=form.filters, asked_at=request.now)  # type: ignore[attr-defined]
    is_small = lists.is_small(wish)
    try:
        row = ask_export(
            site, kind=lists.KIND.code, filters=form.filters, by=request.user, now=request.now, is_built_here=is_small, **told  # type: ignore[attr-defined, arg-type]
        )  # fmt: skip
    except Refused as refused:
        form.add_error(None, str(refused))
        return shown(request, site, form, status=422)
    if is_small:
        work.build(row.pk, clock.now)
        row.refresh_from_db()
    return see_other("export_file" if is_small and row.state == Export.State.DONE else "export", site.slug, row.pk)


@require_safe
def export(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """How far it is; the part that moves alone for htmx."""
    entered(request, site)
    return moving(request, export_for(request, pk))


def moving(request: HttpRequest, row: Export, *, refused: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"export": row, "words": kind_of(row.kind).words(row.filters), "refused": refused}
    is_part = bool(getattr(request, "htmx", False))
    response = render(request, "reports/_export.html" if is_part else "reports/export.html", context, status=status)
    response["Vary"] = "HX-Request"
    return response


@require_POST
def export_cancel(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return acted(request, site, pk, cancel_export)


@require_POST
def export_again(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return acted(request, site, pk, ask_again)


def acted(request: HttpRequest, slug: str, pk: int, act: Callable[..., Export]) -> HttpResponse:
    """One verb on one's own export, then its page."""
    the_site = entered(request, slug)
    row = export_for(request, pk)
    try:
        act(row, by=request.user, now=request.now)  # type: ignore[attr-defined]
    except Refused as refused:
        return moving(request, row, refused=str(refused), status=422)
    return see_other("export", the_site.slug, row.pk)


@require_GET
def export_file(request: HttpRequest, site: str, pk: int) -> HttpResponseBase:
    """The file, while it is there: an audit entry each time, a line of the ledger the first time. HEAD brings no file, and is no download."""
    the_site = entered(request, site)
    row = export_for(request, pk)
    try:
        row = fetch_export(row, by=request.user, now=request.now)  # type: ignore[attr-defined, arg-type]
    except Refused:
        return see_other("export", the_site.slug, row.pk)
    return download(row)


def download(row: Export) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts_of(row), content_type=row.content_type, headers={"Cache-Control": "no-store"})
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.file_name) or "attachment"
    response["Content-Length"] = str(row.size)
    return response


def parts_of(row: Export) -> Iterator[bytes]:
    """One piece at a time, so that a large file takes no memory."""
    number = 0
    while (content := part_of(row, number)) is not None:
        yield bytes(content)
        number += 1


def part_of(row: Export, number: int) -> bytes | None:
    """Asked when the request's own scope is over: the answer is under way already."""
    with scope.of_site(row.site_id):
        part = ExportPart.objects.filter(export=row, number=number).first()
        return None if part is None else part.content
