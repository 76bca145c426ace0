"""Readiness, the signed discharge, addenda and the leaving sheet (OUT-1, OUT-2)."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import site_for
from clinic.identity import confirm_identity
from clinic.roles import Permission
from clinic.rules.opening import latest
from sessions.access import session_for
from sessions.actions import leaving
from sessions.forms.leaving import AddendumForm, DischargeForm, ReadinessForm
from sessions.models import TreatmentSession
from sessions.queries.auditing import seen_by
from sessions.views.answers import is_kept, step_again, to_flowsheet


@require_POST
def readiness_record(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.SIGN_DISCHARGE)
    session = session_for(request, pk, Permission.SIGN_DISCHARGE)
    form = ReadinessForm(request.POST, now=request.now)

    def act() -> object:
        return leaving.record_readiness(
            session, answers=form.answers(), observed_at=form.moment(), client_key=form.cleaned_data["client_key"], by=request.user, now=request.now
        )

    if not is_kept(form, act):
        return step_again(request, session, "leave", form)
    return to_flowsheet(session, at="leave")


@require_POST
def session_discharge(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The signature: the password is checked outside of the transaction, the gate inside of it."""
    site_for(request, site, Permission.SIGN_DISCHARGE)
    session = session_for(request, pk, Permission.SIGN_DISCHARGE)
    form = DischargeForm(request.POST)

    def act() -> object:
        data = form.cleaned_data
        proof = confirm_identity(request, data["password"])
        return leaving.discharge(
            session, proof=proof, membership=request.membership, client_key=data["client_key"], now=request.now, shown=data["version"]
        )

    return to_flowsheet(session) if is_kept(form, act) else step_again(request, session, "leave", form)


@require_http_methods(["GET", "POST"])
def addendum_add(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.ADD_ADDENDUM)
    session = session_for(request, pk, Permission.ADD_ADDENDUM)
    if request.method == "GET":
        form = AddendumForm(now=request.now, initial={"client_key": uuid4()})
        return render(request, "sessions/addendum_add.html", {"session": session, "form": form})
    form = AddendumForm(request.POST, now=request.now)

    def act() -> object:
        data = form.cleaned_data
        seen_at = latest(data["on"], data["observed_at"], place.zone) if data["on"] else form.moment()
        proof = confirm_identity(request, data["password"])
        return leaving.add_addendum(
            session,
            text=data["text"],
            reason=data["reason"],
            observed_at=seen_at,
            proof=proof,
            membership=request.membership,
            client_key=data["client_key"],
            now=request.now,
        )

    if is_kept(form, act):
        return to_flowsheet(session, at="leave")
    return render(request, "sessions/addendum_add.html", {"session": session, "form": form}, status=422)


@require_GET
def leaving_sheet(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """What the patient takes home, in their language; one page for the printer."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    session = session_for(request, pk, Permission.VIEW_RECORD)
    language, following = session.patient.language, next_session(session)
    is_seen = seen_by(getattr(request, "grant", None), session.patient)
    with translation.override(language):
        shown = {
            "session": session,
            "day": session.treatment_on,
            "next_session": following if following is not None and is_seen(following.pk) else None,
            "language": language,
            "today": request.now.astimezone(place.zone).date(),
        }
        return render(request, f"sessions/leaving_sheet_{language}.html", shown)


def next_session(session: TreatmentSession) -> TreatmentSession | None:
    """The patient's next booked visit."""
    later = TreatmentSession.objects.filter(patient_id=session.patient_id, status="booked", starts_at__gt=session.starts_at)
    return later.order_by("starts_at", "pk").first()
