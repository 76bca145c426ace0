"""The prescriber's press: I have seen the patient (PRE-4, OUT-1)."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic.access import site_for
from clinic.roles import Permission
from sessions.access import session_for
from sessions.actions import screening
from sessions.forms.events import SeenForm
from sessions.views.answers import is_kept, to_flowsheet


@require_http_methods(["GET", "POST"])
def patient_seen(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """A short note with a page of its own, like the one that closes an alert."""
    site_for(request, site, Permission.DECIDE)
    session = session_for(request, pk, Permission.DECIDE)
    form = SeenForm(request.POST or None, initial={"client_key": uuid4()})

    def act() -> object:
        data = form.cleaned_data
        return screening.see_patient(session, note=data["note"], client_key=data["client_key"], by=request.user, now=request.now)

    if request.method == "POST" and is_kept(form, act):
        return to_flowsheet(session)
    status = 422 if request.method == "POST" else 200
    return render(request, "sessions/patient_seen.html", {"session": session, "form": form}, status=status)
