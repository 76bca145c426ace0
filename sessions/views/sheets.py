"""Paper for the day the power fails: one session's sheet, a whole day's, and a blank one; printable at any time."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from clinic import audit
from clinic.access import site_for
from clinic.models import Site
from clinic.qr import qr_svg
from clinic.queries import today_at
from clinic.queries.policies import policy_on
from clinic.roles import Permission, may
from sessions.access import session_for
from sessions.models import TreatmentSession
from sessions.queries.sheets import Sheet, blank_sheet, sessions_of_day, sheets_of
from sessions.views.schedule import asked_day


@require_GET
def sheet(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One session's sheet, filled in as far as it has gone."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    session = session_for(request, pk, Permission.VIEW_RECORD)
    return printed(request, place, [session], back=reverse("flowsheet", args=[place.slug, session.pk]))


@require_GET
def day_sheets(request: HttpRequest, site: str) -> HttpResponse:
    """Everybody's sheet of a day, and a blank one at the end: printed in the morning, before anything fails."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    day = asked_day(request.GET.get("day", ""), today_at(place, request.now))
    back = f"{reverse('schedule', args=[place.slug])}?day={day:%Y-%m-%d}"
    return printed(request, place, sessions_of_day(place, day), back=back, with_blank=True)


@require_GET
def blank_sheets(request: HttpRequest, site: str) -> HttpResponse:
    place = site_for(request, site, Permission.VIEW_FLOOR)
    return printed(request, place, [], back=reverse("schedule", args=[place.slug]), with_blank=True)


def printed(request: HttpRequest, place: Site, sessions: list[TreatmentSession], *, back: str, with_blank: bool = False) -> HttpResponse:
    """Each session that leaves the house on paper is in the audit trail."""
    sheets = sheets_of(sessions, request.now) if sessions else []  # type: ignore[attr-defined]
    for one in sheets:
        assert one.session is not None
        one.address = settings.VIGIL_ORIGIN + reverse("flowsheet", args=[place.slug, one.session.pk])
        audit.record(
            action="sheet.printed", target=one.session, by=request.user, now=request.now, site=place, patient_pk=one.session.patient_id,  # type: ignore[attr-defined,arg-type]
        )  # fmt: skip
    if with_blank:
        sheets.append(blank(place, request))
    shown = [{"sheet": one, "code": qr_svg(one.address, scale=3)} for one in sheets]
    may_see = bool(sessions) and may(request.membership.role, Permission.VIEW_FLOOR)  # type: ignore[attr-defined]
    blank_url = reverse("blank_sheets", args=[place.slug]) if may_see else ""
    context = {"sheets": shown, "site": place, "now": request.now, "back": back, "blank_url": blank_url}  # type: ignore[attr-defined]
    return render(request, "sessions/sheets.html", context)


def blank(place: Site, request: HttpRequest) -> Sheet:
    """Its code leads to the board: whose it is, is written by hand."""
    made = blank_sheet(policy_on(place, today_at(place, request.now)))  # type: ignore[attr-defined]
    made.address = settings.VIGIL_ORIGIN + reverse("board", args=[place.slug])
    return made
