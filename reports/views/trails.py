"""Ask for the audit trail as a table; the export's own page tells how far it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic import access, clock
from clinic.forms.base import attempt
from clinic.http import see_other
from clinic.roles import Permission
from clinic.views.audit import people
from reports import work
from reports.actions.exports import ask_export
from reports.forms.trails import TrailForm
from reports.models import Export
from reports.trails import KIND


@require_http_methods(["GET", "HEAD", "POST"])
def audit_export(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.VIEW_AUDIT)
    access.require(request, Permission.EXPORT, "export")
    form = TrailForm(request.POST or None, initial=request.GET.dict(), people=people(place))
    made: list[Export] = []

    def act(**values: object) -> None:
        told = {name: form.cleaned_data[name] for name in ("recipient", "purpose", "client_key")}
        small = KIND.is_small(Export(site=place, filters=form.filters, asked_at=request.now))  # type: ignore[attr-defined]
        row = ask_export(place, kind=KIND.code, filters=form.filters, by=request.user, now=request.now, is_built_here=small, **told)  # type: ignore[attr-defined, arg-type]
        if small:
            work.build(row.pk, clock.now)
            row.refresh_from_db()
        made.append(row)

    if request.method == "POST" and attempt(form, act):
        return see_other("export_file" if made[0].state == Export.State.DONE else "export", place.slug, made[0].pk)
    return render(request, "reports/audit_export.html", {"form": form}, status=422 if form.is_bound else 200)
