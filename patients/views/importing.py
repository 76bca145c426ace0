"""The import of a CSV: check as often as needed, then write everything at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.access import site_for
from clinic.models import Site
from clinic.queries import today_at
from clinic.roles import Permission
from patients.actions.importing import import_patients
from patients.forms.fields import file_of
from patients.forms.importing import ImportForm
from patients.importing import COLUMNS, HOLDS, NEEDED, Sheet, read_sheet
from patients.queries.known import known_mrns, known_people
from patients.views.page import crumbs, done
from patients.views.patient import get_and_post

MOST_FAULTS_SHOWN = 200


@get_and_post
def patient_import(request: HttpRequest, site: str) -> HttpResponse:
    """`step=write` writes; anything else is the dry run. Both read the whole file afresh."""
    place = site_for(request, site, Permission.REGISTER_PATIENT)
    form = ImportForm(request.POST if request.method == "POST" else None, request.FILES or None)
    context: dict[str, object] = {"form": form, "sheet": None, "written": 0, "shown": MOST_FAULTS_SHOWN}
    if request.method == "POST" and form.is_valid():
        content = (file_of(form.cleaned_data) or ("", b""))[1]
        sheet = checked(place, content, request)
        context["sheet"] = sheet
        if request.POST.get("step") == "write" and sheet.is_good:
            pks = done(form, lambda: import_patients(place, sheet=sheet, content=content, by=request.user, now=request.now))
            context["written"] = len(pks or [])
    bad = form.is_bound and (bool(form.errors) or not getattr(context["sheet"], "is_good", False))
    return answer(request, context, status=422 if bad else 200)


def checked(site: Site, content: bytes, request: HttpRequest) -> Sheet:
    return read_sheet(content, today=today_at(site, request.now), mrns=known_mrns(site), people=known_people(site))


def answer(request: HttpRequest, context: dict[str, object], *, status: int) -> HttpResponse:
    """The result alone for htmx, so that the chosen file stays in its field; the whole page otherwise."""
    template = "patients/_import_result.html" if request.htmx else "patients/import.html"
    columns = [{"name": name, "needed": name in NEEDED, "holds": HOLDS[name], "others": ", ".join(others)} for name, (_, others) in COLUMNS.items()]
    return render(request, template, {**context, "columns": columns, "crumbs": crumbs(request, None)}, status=status)
