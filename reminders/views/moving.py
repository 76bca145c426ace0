"""The patient's page for another time: the legal slots nearby, one to choose (MSG-5)."""

from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from clinic.findings import Refused
from clinic.http import see_other
from reminders.views.door import Guest, for_guests, gone, has_changed, show
from reminders.views.prepare import key_of
from reminders.views.visit import to_present
from sessions.actions.by_patient import ask_to_move, grant_at_once, grants_at_once
from sessions.queries.by_patient import offers_for


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests()
def visit_move(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Ask for one of the slots; the desk answers, or the site's policy does at once."""
    now = request.now  # type: ignore[attr-defined]
    if request.method != "POST":
        return offers(request, guest, now=now)
    try:
        return asked(request, guest, now=now)
    except Refused as refused:
        return gone(request) if has_changed(refused) else offers(request, guest, now=now, is_wrong=True)


def asked(request: HttpRequest, guest: Guest, *, now: datetime) -> HttpResponse:
    wish = ask_to_move(guest.visit, slot_version=guest.version, starts_at=told_time(request, now), client_key=key_of(request), now=now)
    if wish.answer == "" and grants_at_once(guest.visit, now):
        try:
            grant_at_once(wish, now=now)
        except Refused:  # taken between the two acts: the wish stays for the desk
            return see_other("visit", guest.token)
        return to_present(guest.visit)
    return see_other("visit", guest.token)


def told_time(request: HttpRequest, now: datetime) -> datetime:
    """The chosen slot; what isn't a time becomes now, which is never offered."""
    try:
        told = datetime.fromisoformat(request.POST.get("slot", "")[:40])
    except ValueError:
        return now
    return told if told.tzinfo is not None else now


def unbroken(words: tuple[str, str]) -> tuple[str, str]:
    """An hour that no line end tears apart."""
    return words[0], words[1].replace(" ", "\u00a0")


def offers(request: HttpRequest, guest: Guest, *, now: datetime, is_wrong: bool = False) -> HttpResponse:
    slots = [
        {"value": one.slot.starts_at.isoformat(), "words": unbroken(guest.spoken(one.slot.starts_at))} for one in offers_for(guest.visit, now=now)
    ]
    shown = {"slots": slots, "is_wrong": is_wrong, "is_auto": grants_at_once(guest.visit, now), "client_key": uuid4()}
    return show(request, guest, "visit_move", shown, status=422 if is_wrong else 200)
