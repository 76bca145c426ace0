"""Answering a patient's call for help, from the board or the flowsheet."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from clinic.access import site_for
from clinic.http import see_other
from clinic.roles import Permission
from sessions.access import session_for
from sessions.actions.screens import answer_help
from sessions.views.answers import to_flowsheet


@require_POST
def help_answer(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Somebody is there; twice has the effect of once. It never fails for a reason that could keep anybody from going."""
    place = site_for(request, site, Permission.TAKE_VITALS)
    session = session_for(request, pk, Permission.TAKE_VITALS)
    answer_help(session, by=request.user, now=request.now)
    return see_other("board", place.slug) if request.POST.get("back") == "board" else to_flowsheet(session)
