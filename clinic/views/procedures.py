"""The site's written procedures: read and sign them; administrators write versions and see who hasn't signed (SET-3)."""

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import access
from clinic.actions.procedures import retire_procedure, sign_off, write_procedure, write_version
from clinic.forms.base import attempt, posting_to
from clinic.forms.procedures import ProcedureForm, SignOffForm, VersionForm
from clinic.identity import Given, confirm_identity
from clinic.models import Procedure, ProcedureVersion
from clinic.queries import today_at
from clinic.queries.procedures import standings_of
from clinic.roles import Permission, may
from clinic.views.pages import done, page


@require_safe
def procedures(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.VIEW_STAFF)
    today = today_at(place, request.now)  # type: ignore[attr-defined]
    lines = [(one, one.mine_to_sign(request.membership), one.is_late(today)) for one in standings_of(place, today=today)]  # type: ignore[attr-defined]
    former = Procedure.objects.filter(site=place, retired_at__isnull=False).order_by("title", "pk")
    return page(request, "clinic/procedures.html", {"lines": lines, "former": former, "manages": manages(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_procedure(request: HttpRequest, site: str) -> HttpResponse:
    place = access.site_for(request, site, Permission.MANAGE_SITE)
    form = ProcedureForm(request.POST or None, initial={"effective_on": today_at(place, request.now)})  # type: ignore[attr-defined]
    made: list[ProcedureVersion] = []
    if request.method == "POST" and attempt(form, lambda **told: made.append(write_procedure(place, by=request.user, now=request.now, **told))):  # type: ignore[attr-defined, arg-type]
        return done(request, "Written. Everybody who works here can read and sign it now.", "procedure", site, made[0].procedure_id)
    return page(request, "clinic/new_procedure.html", {"form": form})


@require_safe
def procedure(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.VIEW_STAFF)
    return shown(request, procedure_for(request, pk, Permission.VIEW_STAFF))


@require_POST
def procedure_version(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MANAGE_SITE)
    row, form = procedure_for(request, pk, Permission.MANAGE_SITE), VersionForm(request.POST)
    if attempt(form, write_version, procedure=row, by=request.user, now=request.now):  # type: ignore[attr-defined]
        return done(request, "The new version is written. Everybody signs anew.", "procedure", site, pk)
    return shown(request, row, version_form=form)


@require_POST
def procedure_sign(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MOVE_DUTY)
    row, form = procedure_for(request, pk, Permission.MOVE_DUTY), SignOffForm(request.POST)

    def act(*, password: Given, **told: object) -> None:
        proof = confirm_identity(request, password)
        sign_off(request.membership, procedure=row, proof=proof, now=request.now, **told)  # type: ignore[attr-defined, arg-type]

    if attempt(form, act):
        return done(request, "Signed.", "procedures", site)
    return shown(request, row, sign_form=form)


@require_POST
def procedure_retire(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.MANAGE_SITE)
    retire_procedure(procedure_for(request, pk, Permission.MANAGE_SITE), by=request.user, now=request.now)  # type: ignore[attr-defined, arg-type]
    return done(request, "It is out of use; its versions and signatures stay.", "procedures", site)


def procedure_for(request: HttpRequest, pk: int, permission: Permission) -> Procedure:
    return access.row_for(request, Procedure.objects.select_related("site", "retired_by"), pk, permission, "procedure")


def manages(request: HttpRequest) -> bool:
    return may(request.membership.role, Permission.MANAGE_SITE)  # type: ignore[attr-defined]


def shown(request: HttpRequest, row: Procedure, *, sign_form: BaseForm | None = None, version_form: BaseForm | None = None) -> HttpResponse:
    """The newest text with its signatures, and what is in force until then; a refused form as it was typed."""
    today = today_at(row.site, request.now)  # type: ignore[attr-defined]
    standing = next(iter(standings_of(row.site, row, today=today)), None)
    mine = standing.mine_to_sign(request.membership) if standing is not None else None  # type: ignore[attr-defined]
    older = ProcedureVersion.objects.standing().filter(procedure=row).select_related("recorded_by").order_by("-number")
    context: dict[str, object] = {"procedure": row, "standing": standing, "versions": older, "manages": manages(request)}
    if sign_form is not None or mine is not None:
        form = sign_form or SignOffForm(initial={"number": mine.version.number if mine is not None else 0})
        context["signing"] = form["number"].value()
        context["sign_form"] = posting_to(form, reverse("procedure_sign", args=[row.site.slug, row.pk]))
    if manages(request) and row.retired_at is None and standing is not None:
        text = {"text": standing.version.text, "effective_on": today}
        context["version_form"] = posting_to(version_form or VersionForm(initial=text), reverse("procedure_version", args=[row.site.slug, row.pk]))
    return page(request, "clinic/procedure.html", context)
