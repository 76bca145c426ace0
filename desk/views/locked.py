"""The locked page: the floor without identity, and the ways to open the sign-in again."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from clinic import audit
from clinic.actions.screens import note_seen
from clinic.locking import state
from clinic.locking.proof import Proof, password_proof
from clinic.roles import Permission
from desk.queries.board import floor_of
from desk.queries.locked import Door, acts_of, door_of, people_at
from desk.queries.stamp import stamp_of
from desk.queries.wall import wall_cards
from desk.views.board import is_known
from desk.views.screens import columns_for, version
from sessions.queries.calls import open_emergencies
from sessions.queries.emergency import Summary

HERE = "/locked/"
ACTS = {"round": "record a round", "silence": "silence the alarm"}
# Said by a code, never by the queue of messages: one that waits there may name a patient.
DID = {"round": "a round was recorded", "silence": "the alarm was silenced"}


@login_not_required
@require_safe
def locked(request: HttpRequest) -> HttpResponse:
    """Chairs, phases and clocks, no patient's name; its poll brings whoever was unlocked elsewhere back to their page."""
    back = way_back(request.GET.get("next", ""))
    door = door_of(request, back)
    if door is None or is_open(request):
        return leave(request, back)
    if door.tablet is not None:
        note_seen(door.tablet, now=request.now)  # type: ignore[attr-defined]
    return locked_page(request, door, act=request.GET.get("act", ""), on=request.GET.get("on", ""))


def is_open(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not request.is_locked  # type: ignore[attr-defined]


def leave(request: HttpRequest, back: str) -> HttpResponse:
    """Nothing is locked here: to the page that was meant, or to the sign-in, which knows the way."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": back})
    return HttpResponse(status=303, headers={"Location": back})


def locked_page(request: HttpRequest, door: Door, *, error: str = "", act: str = "", on: str = "", who: str = "") -> HttpResponse:
    """`error` is a refusal (422); `act` and `on` are what a PIN is wanted for and at which chair."""
    now: datetime = request.now  # type: ignore[attr-defined]
    context: dict[str, object] = {"door": door, "back": door.back, "now": now, "error": error, "who": who, "client_key": uuid4(), "site": door.place}
    context |= {"demonstration_password": settings.VIGIL_DEMONSTRATION_PASSWORD, "demonstration_pin": settings.VIGIL_DEMONSTRATION_PIN}
    context |= {"act": "", "on": "", "act_label": "", "done": "", "cards": [], "columns": 1, "emergencies": []}
    if door.place is not None:
        timezone.activate(door.place.zone)
        stamp = stamp_of(door.place, now)
        if request.htmx and is_known(request.GET.get("v", ""), stamp, now):  # type: ignore[attr-defined]
            return HttpResponse(status=204)
        floor = floor_of(door.place, now)
        cards = [acts_of(card) for card in wall_cards(floor)]
        query = urlencode({"v": version(stamp, floor.quiet_until, now), "next": door.back})
        context |= {"cards": cards, "columns": columns_for(len(cards)), "poll": f"{reverse('locked')}?{query}"}
        context |= {"late": sum(bool(card["is_late"]) for card in cards), "emergencies": list(open_emergencies(door.place.pk)), "summary": Summary()}
        chosen = next((card for card in cards if card["key"] == on), None)
        if act in ACTS and chosen is not None and door.tablet is not None:
            context |= {"act": act, "on": on, "act_label": f"{chosen['chair']}: {ACTS[act]}"}
        if (did := request.GET.get("did", "")) in DID and chosen is not None:
            context |= {"done": f"{chosen['chair']}: {DID[did]}."}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "desk/locked/_floor.html", context)
    return render(
        request,
        "desk/locked/page.html",
        context | {"people": people_at(door.tablet, Permission.TAKE_VITALS if context["act"] else Permission.VIEW_FLOOR)},
        status=422 if error else 200,
    )


@login_not_required
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """The person's own password opens their sign-in where it was; too many wrong ones end it."""
    back = way_back(request.POST.get("next", ""))
    door = door_of(request, back)
    if door is None or door.person is None or is_open(request):
        return leave(request, back)
    proof = password_proof(door.person, request.POST.get("password", ""))
    if proof is Proof.RIGHT:
        state.unlock(request.session, now=request.now)  # type: ignore[attr-defined]
        return leave(request, back)
    if proof is Proof.WRONG:
        return locked_page(request, door, error="That is not your password.")
    audit.append(
        action="lock.ended", target_kind="user", target_pk=str(door.person.pk), by=door.person, now=request.now, site=door.place,  # type: ignore[attr-defined]
        changes={},
    )  # fmt: skip
    logout(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def way_back(told: str) -> str:
    """A page of ours to go back to, fit for a header; never the locked page itself."""
    is_ours = told.startswith("/") and url_has_allowed_host_and_scheme(told, allowed_hosts=None)
    return iri_to_uri(told) or "" if is_ours and not told.startswith(HERE) else reverse("home")
