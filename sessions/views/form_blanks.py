"""The official blanks of a site: upload, and say which answer fills which field (PMF-7)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clinic.access import row_for, site_for
from clinic.findings import Refused
from clinic.http import see_other
from clinic.models import Site
from clinic.roles import Permission
from sessions import definitions
from sessions.actions.form_blanks import definition_of, keep_blank, map_blank
from sessions.forms.blank_map import MapForm, guessed
from sessions.forms.filing import BlankForm
from sessions.models import FormBlank
from sessions.papers.official import fields_of, keys_of
from sessions.queries.form_blanks import blanks_of
from sessions.views.answers import is_kept


def crumbs(place: Site) -> list[dict[str, str]]:
    return [{"label": "Filing desk", "url": reverse("filing", args=[place.slug])}]


@require_http_methods(["GET", "POST"])
def form_blank(request: HttpRequest, site: str) -> HttpResponse:
    """The blanks that there are, the definitions in force, and the upload of a new blank."""
    place = site_for(request, site, Permission.MANAGE_SITE)
    codes = [(definition.code, definition.title) for definition in reversed(definitions.every())]
    upload = BlankForm(request.POST or None, request.FILES or None, codes=codes)
    made: list[FormBlank] = []

    def act() -> None:
        file, code = upload.cleaned_data["file"], upload.cleaned_data["definition_code"]
        made.append(keep_blank(place, definition_code=code, file_name=file.name, content=file.read(), by=request.user, now=request.now))

    if request.method == "POST" and is_kept(upload, act):
        return see_other("form_map", place.slug, made[0].pk)
    context: dict[str, Any] = {
        "site": place, "upload": upload, "blanks": list(blanks_of(place)[:20]), "definitions": list(reversed(definitions.every())), "crumbs": crumbs(place),
    }  # fmt: skip
    return render(request, "sessions/forms/blanks.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def form_map(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.MANAGE_SITE)
    blank: FormBlank = row_for(request, FormBlank.objects.select_related("attachment", "site"), pk, Permission.MANAGE_SITE, "formblank")
    try:
        definition, pdf_fields = definition_of(blank), fields_of(bytes(blank.attachment.content))
    except Refused as refused:
        return unusable(request, place, blank, refused)
    keys = keys_of(definition)
    start = blank.field_map or guessed(pdf_fields, keys)
    mapped = MapForm(request.POST or None, pdf_fields=pdf_fields, start=start)
    if request.method == "POST" and is_kept(mapped, lambda: map_blank(blank, field_map=mapped.field_map(), by=request.user, now=request.now)):
        return see_other("form_blank", place.slug)
    context: dict[str, Any] = {
        "site": place, "blank": blank, "title": definition.title, "findings": [], "mapped": mapped, "keys": keys, "is_guess": not blank.field_map,
        "crumbs": [*crumbs(place), {"label": "Official blanks", "url": reverse("form_blank", args=[place.slug])}],
    }  # fmt: skip
    return render(request, "sessions/forms/map.html", context, status=422 if request.method == "POST" else 200)


def unusable(request: HttpRequest, place: Site, blank: FormBlank, refused: Refused) -> HttpResponse:
    """A blank whose version was removed, or whose file can't be read any more: said in words, and nothing to map."""
    context = {
        "site": place,
        "blank": blank,
        "title": blank.definition_code,
        "mapped": None,
        "keys": [],
        "is_guess": False,
        "findings": refused.findings,
    }
    context["crumbs"] = [*crumbs(place), {"label": "Official blanks", "url": reverse("form_blank", args=[place.slug])}]
    return render(request, "sessions/forms/map.html", context, status=422)
