"""Acknowledging an alert and closing it with a prescriber's note (MON-6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import site_for
from clinic.http import see_other
from clinic.roles import Permission
from sessions.access import alert_for
from sessions.actions import alerts
from sessions.forms.events import AlertNoteForm
from sessions.views.answers import is_kept


@require_POST
def alert_acknowledge(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.TAKE_VITALS)
    alert = alert_for(request, pk, Permission.TAKE_VITALS)
    alerts.acknowledge_alert(alert, by=request.user, now=request.now)
    if request.POST.get("from") == "board":
        return see_other("board", place.slug)
    return see_other("flowsheet", place.slug, alert.session_id)


@require_http_methods(["GET", "POST"])
def alert_close(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The prescriber's note has a page of its own; it is never needed in a hurry: acknowledging silences."""
    place = site_for(request, site, Permission.DECIDE)
    alert = alert_for(request, pk, Permission.DECIDE)
    form = AlertNoteForm(request.POST or None)
    if request.method == "POST" and is_kept(
        form, lambda: alerts.close_alert(alert, note=form.cleaned_data["note"], by=request.user, now=request.now)
    ):
        return see_other("flowsheet", place.slug, alert.session_id)
    return render(
        request,
        "sessions/alert_close.html",
        {"alert": alert, "session": alert.session, "form": form},
        status=422 if request.method == "POST" else 200,
    )
