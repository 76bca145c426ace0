"""A safety call: whom to call, what was tried, the next try, and its end (MSG-7)."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import site_for
from clinic.findings import Refused
from clinic.http import see_other
from clinic.roles import Permission
from sessions.access import call_for
from sessions.actions import safety_calls as calls
from sessions.forms.departures import AttemptForm
from sessions.models import SafetyCall
from sessions.queries.safety_calls import attempts_of
from sessions.views.answers import is_kept, to_flowsheet


@require_http_methods(["GET", "POST"])
def safety_call(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.SAFETY_CALL)
    call = call_for(request, pk, Permission.SAFETY_CALL)
    if request.method == "GET":
        return call_page(request, call, AttemptForm(now=request.now, initial={"client_key": uuid4()}), status=200)
    form = AttemptForm(request.POST, now=request.now)
    if not is_kept(form, lambda: calls.log_attempt(call, form.attempt(), by=request.user, now=request.now)):
        return call_page(request, call, form, status=422)
    if "close" in request.POST:
        return to_flowsheet(call.session)
    return see_other("safety_call", call.session.site.slug, call.pk)


def call_page(request: HttpRequest, call: SafetyCall, form: AttemptForm, *, status: int) -> HttpResponse:
    contacts = call.session.patient.contacts.filter(is_active=True).exclude(phone="")
    shown = {"call": call, "session": call.session, "form": form, "attempts": attempts_of(call), "contacts": contacts, "now": request.now}
    return render(request, "sessions/safety_call.html", shown, status=status)


@require_POST
def call_take(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """I make this call."""
    place = site_for(request, site, Permission.SAFETY_CALL)
    call = call_for(request, pk, Permission.SAFETY_CALL)
    try:
        calls.take_call(call, by=request.user, now=request.now)
    except Refused as refused:
        form = AttemptForm({}, now=request.now)
        form.is_valid()
        form.errors.clear()
        form.add_error(None, str(refused))
        return call_page(request, call, form, status=422)
    return see_other("safety_call", place.slug, call.pk)
