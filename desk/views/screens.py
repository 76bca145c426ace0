"""The page of an enrolled screen: no staff sign-in, no identity; read-only but for help and feelings."""

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import scope
from clinic.actions.screens import note_seen
from clinic.findings import Refused
from clinic.models import Screen
from clinic.queries.screens import screen_of
from desk.queries.board import floor_of
from desk.queries.patient_screen import shown_on
from desk.queries.stamp import Stamp, stamp_of
from desk.queries.wall import wall_cards
from desk.views.board import is_known
from sessions.actions.screens import ask_help, record_feeling
from sessions.queries.screens import FEELINGS

HELP = "help"
LANGUAGES = ("en", "es")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """A token that is guessed, revoked or of an archived site learns nothing, always in the same words."""
    now: datetime = request.now  # type: ignore[attr-defined]
    with scope.every():
        found = screen_of(token)
    if found is None:
        return quiet(render(request, "desk/screen/gone.html", status=404))
    scope.name_site(found.site_id)
    timezone.activate(found.site.zone)
    note_seen(found, now=now)
    language = request.GET.get("lang", "") if request.GET.get("lang", "") in LANGUAGES else ""
    if request.method == "POST":
        return pressed(request, found, language, now)
    stamp = stamp_of(found.site, now)
    if request.htmx and is_known(request.GET.get("v", ""), stamp, now):  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return patient_page(request, found, stamp, language, now) if found.kind == Screen.Kind.PATIENT else wall_page(request, found, stamp, now)


def wall_page(request: HttpRequest, found: Screen, stamp: Stamp, now: datetime) -> HttpResponse:
    floor = floor_of(found.site, now)
    cards = wall_cards(floor, found)
    context = {
        "screen": found, "now": now, "cards": cards, "columns": columns_for(len(cards)), "version": version(stamp, floor.quiet_until, now),
        "no_prescriber": not stamp.has_prescriber and floor.present, "late": sum(bool(card["is_late"]) for card in cards),
    }  # fmt: skip
    return quiet(render(request, "desk/screen/_wall.html" if request.htmx else "desk/screen/wall.html", context))  # type: ignore[attr-defined]


def patient_page(request: HttpRequest, found: Screen, stamp: Stamp, language: str, now: datetime) -> HttpResponse:
    shown = shown_on(found, language, now)
    context = {"screen": found, "now": now, "lang": language, "version": version(stamp, shown["quiet_until"], now), "client_key": uuid4(), **shown}
    return quiet(render(request, "desk/screen/_patient.html" if request.htmx else "desk/screen/patient.html", context))  # type: ignore[attr-defined]


def pressed(request: HttpRequest, found: Screen, language: str, now: datetime) -> HttpResponse:
    """Help, or a feeling. Whatever the press was worth, the page comes back: a patient is never shown an error."""
    act, key = request.POST.get("act", ""), key_of(request.POST.get("client_key", ""))
    try:
        if act == HELP:
            ask_help(found, client_key=key, now=now)
        elif act in FEELINGS:
            record_feeling(found, kind=act, client_key=key, now=now)
    except Refused:
        pass
    return HttpResponse(status=303, headers={"Location": request.path + (f"?lang={language}" if language else "")})


def key_of(text: str) -> UUID:
    """The page's key; a press without a good one is still a press."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def version(stamp: Stamp, quiet_until: datetime, now: datetime) -> str:
    return f"{stamp.seq}.{int(quiet_until.timestamp())}.{stamp.flags(now)}"


def columns_for(count: int) -> int:
    """How many chairs stand beside each other, so that all are seen at once and the letters stay large."""
    return 1 if count <= 1 else 2 if count <= 4 else 3 if count <= 9 else 4


def quiet(response: HttpResponse) -> HttpResponse:
    """The address is the key: it must not travel in a referrer to others, or stand in an index."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
