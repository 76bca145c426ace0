"""A patient has gone: pages of their own, no gate, no signature; and the prescriber's signature afterwards (OUT-3, MON-5)."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic.access import site_for
from clinic.identity import confirm_identity
from clinic.roles import Permission
from sessions.access import departure_for, session_for
from sessions.actions import departures
from sessions.actions.watch import Event, record_event
from sessions.forms.departures import ExplainForm, LeftForm, TransferForm
from sessions.forms.leaving import SignForm
from sessions.queries.forgotten import EXPLAINED
from sessions.views.answers import is_kept, to_flowsheet

CONDITIONS = ("Awake, walking steadily", "Drowsy", "Dissociated", "Upset", "Went unseen")
REASONS = ("The patient isn’t ready yet", "The ride hasn’t come", "The patient has gone; the record follows")


@require_http_methods(["GET", "POST"])
def session_left(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return gone(request, site, pk, LeftForm, departures.record_left)


@require_http_methods(["GET", "POST"])
def session_transfer(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return gone(request, site, pk, TransferForm, departures.record_transfer)


def gone(request: HttpRequest, site: str, pk: int, form_class: type[LeftForm], act: Any) -> HttpResponse:
    place = site_for(request, site, Permission.RECORD_DEPARTURE)
    session = session_for(request, pk, Permission.RECORD_DEPARTURE)
    form = form_class(request.POST if request.method == "POST" else None, site=place, now=request.now, initial={"client_key": uuid4()})

    def keep() -> object:
        return act(session, departing=form.departing(), client_key=form.cleaned_data["client_key"], by=request.user, now=request.now)

    if request.method == "POST" and is_kept(form, keep):
        return to_flowsheet(session)
    contacts = session.patient.contacts.filter(is_active=True).exclude(phone="")
    shown = {"session": session, "form": form, "contacts": contacts, "is_transfer": form_class is TransferForm, "conditions": CONDITIONS}
    return render(request, "sessions/departure.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def departure_sign(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The prescriber reads how the patient went, and signs it."""
    site_for(request, site, Permission.DECIDE)
    departure = departure_for(request, pk, Permission.DECIDE)
    form = SignForm(request.POST if request.method == "POST" else None, initial={"client_key": uuid4()})

    def act() -> object:
        proof = confirm_identity(request, form.cleaned_data["password"])
        return departures.sign_departure(departure, proof=proof, membership=request.membership, now=request.now)

    if request.method == "POST" and is_kept(form, act):
        return to_flowsheet(departure.session)
    shown = {"session": departure.session, "departure": departure, "form": form, "signer": request.user}
    return render(request, "sessions/departure_sign.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def session_explain(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Why a session is still open after closing (PMF-1): a fact of the session; it stays open."""
    site_for(request, site, Permission.RECORD_DEPARTURE)
    session = session_for(request, pk, Permission.RECORD_DEPARTURE)
    form = ExplainForm(request.POST if request.method == "POST" else None, initial={"client_key": uuid4()})

    def act() -> object:
        data = form.cleaned_data
        event = Event(kind=EXPLAINED, observed_at=request.now, client_key=data["client_key"], what=data["reason"].strip())
        return record_event(session, event=event, by=request.user, now=request.now)

    if request.method == "POST" and is_kept(form, act):
        return to_flowsheet(session)
    return render(request, "sessions/still_open.html", {"session": session, "form": form, "reasons": REASONS}, status=422 if form.is_bound else 200)
