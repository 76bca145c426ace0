"""Checking in, the way home, waiting, holding and going on."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from clinic.access import site_for
from clinic.roles import Permission
from sessions.access import session_for
from sessions.actions import arrival
from sessions.actions.predose import BEFORE_DOSE
from sessions.forms.arrival import ArriveForm, ReasonForm, WayHomeForm
from sessions.views.answers import is_kept, step_again, to_flowsheet


@require_POST
def session_arrive(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.CHECK_IN)
    session = session_for(request, pk, Permission.CHECK_IN)
    form = ArriveForm(request.POST, session=session)
    if is_kept(form, lambda: arrival.arrive(session, **form.cleaned_data, by=request.user, now=request.now)):
        return to_flowsheet(session)
    return step_again(request, session, "arrive", form)


@require_POST
def way_home_set(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.CHECK_IN)
    session = session_for(request, pk, Permission.CHECK_IN)
    form = WayHomeForm(request.POST, session=session)
    if is_kept(form, lambda: arrival.set_way_home(session, **form.cleaned_data, by=request.user, now=request.now)):
        return to_flowsheet(session)
    return step_again(request, session, "prepare" if session.status in BEFORE_DOSE else "arrive", form)


@require_POST
def session_wait(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return with_reason(request, site, pk, arrival.wait)


@require_POST
def session_hold(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return with_reason(request, site, pk, arrival.hold)


@require_POST
def session_reopen(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """A held session goes on, with a reason; a wait is over, without one."""
    return with_reason(request, site, pk, arrival.reopen)


@require_POST
def session_resume(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    def act(session: Any, *, reason: str, by: Any, now: Any) -> None:
        arrival.resume(session, by=by, now=now)

    return with_reason(request, site, pk, act)


def with_reason(request: HttpRequest, site: str, pk: int, act: Callable[..., object]) -> HttpResponse:
    site_for(request, site, Permission.PREPARE)
    session = session_for(request, pk, Permission.PREPARE)
    form = ReasonForm(request.POST)
    if is_kept(form, lambda: act(session, reason=form.cleaned_data["reason"], by=request.user, now=request.now)):
        return to_flowsheet(session)
    return step_again(request, session, "prepare", form)
