"""Posting what is seen: checks, their corrections, rounds, events, and taking back a mis-tap."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import site_for
from clinic.roles import Permission, may
from sessions.access import fact_for, session_for
from sessions.actions import watch
from sessions.forms.check import CheckForm, CorrectionForm, initial_of
from sessions.forms.check_layout import check_layout
from sessions.forms.events import MeasureForm, RoundForm, TapForm, WithdrawForm
from sessions.models import Observation, Round, SessionEvent
from sessions.queries.succession import newest_of
from sessions.views.answers import beside_what_stands, is_kept, step_again, to_flowsheet

FACTS = {"check": Observation, "round": Round, "event": SessionEvent}


@require_POST
def observation_record(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.TAKE_VITALS)
    session = session_for(request, pk, Permission.TAKE_VITALS)
    form = CheckForm(request.POST, now=request.now)
    if is_kept(form, lambda: watch.record_observation(session, check=form.check(), by=request.user, now=request.now)):
        return to_flowsheet(session)
    return step_again(request, session, "prepare" if request.POST.get("step") == "prepare" else "watch", form)


@require_http_methods(["GET", "POST"])
def observation_correct(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.TAKE_VITALS)
    old = fact_for(request, Observation, pk, Permission.TAKE_VITALS)
    if request.method == "GET":
        return correction_page(request, old, initial_of(old), {}, [], status=200)
    form = CorrectionForm(request.POST, now=request.now, old=old)
    if is_kept(
        form, lambda: watch.correct_observation(old, check=form.check(), reason=form.cleaned_data["reason"], by=request.user, now=request.now)
    ):
        return to_flowsheet(old.session)
    newest = newest_of(old)
    if newest.pk != old.pk and not newest.is_withdrawn:
        beside_what_stands(form, initial_of(newest))
        newest.session = old.session
        return correction_page(request, newest, form.data, form.errors, form.findings, status=422)
    return correction_page(request, old, form.data, form.errors, form.findings, status=422)


def correction_page(request: HttpRequest, old: Observation, data, errors, findings, *, status: int) -> HttpResponse:  # type: ignore[no-untyped-def]
    unlikely = bool(findings) and all(finding.code.startswith("unlikely.") for finding in findings)
    lacks = any(finding.code.startswith("missing.") for finding in findings)
    shown = {
        "session": old.session, "old": old, "check": check_layout(data, errors, time_hint="Unchanged, the old time stays to the second."), "findings": findings, "is_unlikely": unlikely, "lacks": lacks,
        "client_key": uuid4(), "now": request.now, "may_add": may(request.membership.role, Permission.ADD_ADDENDUM),
    }  # fmt: skip
    return render(request, "sessions/observation_correct.html", shown, status=status)


@require_POST
def round_record(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.TAKE_VITALS)
    session = session_for(request, pk, Permission.TAKE_VITALS)
    form = RoundForm(request.POST, now=request.now)

    def act() -> object:
        return watch.record_round(session, observed_at=form.moment(), client_key=form.cleaned_data["client_key"], by=request.user, now=request.now)

    return to_flowsheet(session) if is_kept(form, act) else step_again(request, session, "watch", form)


@require_POST
def event_record(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One tap: the button's own value says what began or ended."""
    site_for(request, site, Permission.TAKE_VITALS)
    session = session_for(request, pk, Permission.TAKE_VITALS)
    form = TapForm(request.POST, now=request.now)
    if is_kept(form, lambda: watch.record_event(session, event=form.event(), by=request.user, now=request.now)):
        return to_flowsheet(session)
    return step_again(request, session, "watch", form)


@require_http_methods(["GET", "POST"])
def measure_record(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """A medicine or measure with its details, or a note (MON-8)."""
    place = site_for(request, site, Permission.TAKE_VITALS)
    session = session_for(request, pk, Permission.TAKE_VITALS)
    if request.method == "GET":
        form = MeasureForm(site=place, now=request.now, initial={"client_key": uuid4()})
        return render(request, "sessions/measure_record.html", {"session": session, "form": form})
    form = MeasureForm(request.POST, site=place, now=request.now)
    if is_kept(form, lambda: watch.record_event(session, event=form.event(), by=request.user, now=request.now)):
        return to_flowsheet(session)
    return render(request, "sessions/measure_record.html", {"session": session, "form": form}, status=422)


@require_http_methods(["GET", "POST"])
def fact_withdraw(request: HttpRequest, site: str, kind: str, pk: int) -> HttpResponse:
    """Take back a check, a round or an event that should never have been written (MON-7)."""
    site_for(request, site, Permission.TAKE_VITALS)
    fact = fact_for(request, FACTS[kind], pk, Permission.TAKE_VITALS)
    form = WithdrawForm(request.POST or None, initial={"client_key": uuid4()})

    def act() -> object:
        return watch.withdraw(fact, reason=form.cleaned_data["reason"], by=request.user, now=request.now, client_key=form.cleaned_data["client_key"])

    if request.method == "POST" and is_kept(form, act):
        return to_flowsheet(fact.session)
    status = 422 if request.method == "POST" else 200
    return render(request, "sessions/fact_withdraw.html", {"session": fact.session, "fact": fact, "kind": kind, "form": form}, status=status)
