"""The page where a dark hour is typed in: what the paper says, who wrote it, its photo."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic.access import require, site_for
from clinic.models import Attachment
from clinic.queries import today_at
from clinic.roles import Permission, may
from sessions.access import session_for
from sessions.actions.paper import enter_paper
from sessions.forms.paper import PaperForm
from sessions.views.answers import is_kept, to_flowsheet


@require_http_methods(["GET", "POST"])
def paper_enter(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.TAKE_VITALS)
    session = session_for(request, pk, Permission.TAKE_VITALS)
    initial = {"client_key": uuid4(), "day": today_at(place, request.now), "route": session.kit_route, "written_by": request.user.pk}
    form = PaperForm(request.POST, request.FILES, session=session) if request.method == "POST" else PaperForm(session=session, initial=initial)

    def act() -> object:
        if form.has_devices():
            require(request, Permission.DOSE)
        key = form.cleaned_data["client_key"]
        return enter_paper(session, paper=form.paper(), client_key=key, by=request.user, membership=request.membership, now=request.now)

    if request.method == "POST" and is_kept(form, act):  # type: ignore[arg-type]
        return to_flowsheet(session)
    is_unlikely = bool(form.findings) and all(finding.code.startswith("unlikely.") for finding in form.findings)
    context = {
        "session": session, "form": form, "may_dose": may(request.membership.role, Permission.DOSE), "is_unlikely": is_unlikely,
        "photos": Attachment.objects.filter(site=place, target_kind="treatmentsession", target_pk=session.pk).defer("content").order_by("pk"),
    }  # fmt: skip
    return render(request, "sessions/paper_enter.html", context, status=422 if request.method == "POST" else 200)
