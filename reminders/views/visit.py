"""The page behind a patient's link."""

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.findings import Refused
from reminders import links
from reminders.wording import spoken
from sessions.actions.confirmation import confirm_visit
from sessions.models import TreatmentSession
from sessions.states import Status


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, token: str) -> HttpResponse:
    """One visit of one patient: when, where, and a button to confirm. A bad link learns nothing, always in the same words."""
    link = links.read(token, now=request.now)  # type: ignore[attr-defined]
    session = None
    if link is not None:
        rows = TreatmentSession.objects.select_related("site", "patient").filter(uid=link.session_uid, schedule_version=link.schedule_version)
        session = rows.filter(status=Status.BOOKED).first()
    if link is None or session is None:
        return quiet(render(request, "reminders/visit_gone.html", status=404))
    if request.method == "POST":
        try:
            session = confirm_visit(session_uid=link.session_uid, schedule_version=link.schedule_version, now=request.now)  # type: ignore[attr-defined]
        except Refused:
            return quiet(render(request, "reminders/visit_gone.html", status=404))
        return HttpResponse(status=303, headers={"Location": request.path})
    language = session.patient.language
    zone = ZoneInfo(session.patient.time_zone or session.site.time_zone)
    day, hour = spoken(session.starts_at.astimezone(zone), language)
    with translation.override(language):
        return quiet(
            render(request, "reminders/visit.html", {"visit": session, "place": session.site, "day": day, "hour": hour, "language": language})
        )


def quiet(response: HttpResponse) -> HttpResponse:
    """The link is the key: it must not travel in a referrer to others, or stand in an index.

    Not "no-referrer": browsers then send `Origin: null` with the patient's own press, and the CSRF check refuses it.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
