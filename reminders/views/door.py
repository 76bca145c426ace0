"""The door to a patient's pages: whose visit a link names, and whether this device has proved to be the patient's (MSG-4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache

from clinic import scope
from clinic.findings import Refused
from reminders.known_devices import is_known
from reminders.links import VisitLink, read
from reminders.queries.slots import zone_of
from reminders.speech import speech
from reminders.wording import spoken
from sessions.models import TreatmentSession
from sessions.queries.by_patient import visit_named
from sessions.states import Status

NOBODYS = VisitLink(UUID(int=0), 0)


@dataclass(frozen=True)
class Guest:
    """Who holds a good link: their visit, and how its pages speak."""

    token: str
    visit: TreatmentSession
    version: int
    is_known: bool

    @property
    def language(self) -> str:
        return self.visit.patient.language

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.visit.patient, self.visit.site)

    def spoken(self, at: Any) -> tuple[str, str]:
        """A day and an hour in the patient's zone and language."""
        return spoken(at.astimezone(self.zone), self.language)

    def hour_there(self, at: datetime) -> str:
        """The clinic's own hour, where the patient's clock shows another; else empty."""
        there = at.astimezone(self.visit.site.zone)
        return "" if there.utcoffset() == at.astimezone(self.zone).utcoffset() else spoken(there, self.language)[1]


Page = Callable[[HttpRequest, Guest], HttpResponse]


def for_guests(*, unproved: bool = False, over: bool = False) -> Callable[[Page], Callable[[HttpRequest, str], HttpResponse]]:
    """A page behind a link, without signing in. Whatever is wrong with the link gets one and the same answer, after the same one query.

    `unproved`: also before the birth date; otherwise that is asked first. `over`: also of a visit that is over, was missed or cancelled.
    """

    def decorate(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
        @login_not_required
        @never_cache
        @wraps(page)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            link = read(token, now=request.now)  # type: ignore[attr-defined]
            asked = link or NOBODYS
            with scope.every():
                visit = visit_named(asked.session_uid, asked.slot_version)
            known = visit is not None and is_known(request, visit.patient)
            if link is None or visit is None or (visit.status != Status.BOOKED and not over):
                return gone(request)
            scope.name_site(visit.site_id)
            guest = Guest(token, visit, link.slot_version, known)
            with translation.override(guest.language):
                return quiet(page(request, guest) if known or unproved else ask_birth(request, guest))

        return opened

    return decorate


def gone(request: HttpRequest) -> HttpResponse:
    return quiet(render(request, "reminders/visit_gone.html", status=404))


def ask_birth(request: HttpRequest, guest: Guest, *, is_wrong: bool = False) -> HttpResponse:
    """Nothing but “your visit” and the place, and three fields."""
    return show(
        request,
        guest,
        "birth",
        {"is_wrong": is_wrong, "months": list(enumerate(speech(guest.language)["months"], 1))},
        status=422 if is_wrong else 200,
    )


def show(request: HttpRequest, guest: Guest, name: str, more: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the patient's, in their words."""
    context = {"place": guest.visit.site, "language": guest.language, "w": speech(guest.language), "token": guest.token, **more}
    return render(request, f"reminders/{name}.html", context, status=status)


def done_or_gone(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """An act on a visit that has changed meanwhile answers like a bad link."""
    try:
        return act()
    except Refused:
        return gone(request)


def has_changed(refused: Refused) -> bool:
    return any(finding.code == "visit.changed" for finding in refused.findings)


def quiet(response: HttpResponse) -> HttpResponse:
    """The link is the key: it must not travel in a referrer to others, or stand in an index.

    Not "no-referrer": browsers then send `Origin: null` with the patient's own press, and the CSRF check refuses it.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
