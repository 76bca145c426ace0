"""Voiding a session, entering it again for the right patient, and saying that the REMS was told (OUT-4, PMF-1)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic.access import site_for
from clinic.roles import Permission
from sessions.access import session_for
from sessions.actions import reentry, swapping, voiding
from sessions.actions.early import Signer
from sessions.forms.voiding import ReenterForm, SwapForm, ToldForm, VoidForm
from sessions.models import DeviceUse, TreatmentSession
from sessions.queries.voiding import may_replace, may_swap
from sessions.views.answers import is_kept, to_flowsheet
from sessions.views.second import proven_second

REASONS = ("Written for the wrong patient", "Duplicate", "Booked by mistake")


@require_http_methods(["GET", "POST"])
def session_void(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """All of it stays on record; a second person proves who they are where devices were recorded."""
    site_for(request, site, Permission.VOID)
    session = session_for(request, pk, Permission.VOID)
    form = VoidForm(request.POST if request.method == "POST" else None)

    def act() -> object:
        return voiding.void_session(
            session, reason=form.cleaned_data["reason"], second=second_of(session, form, request), by=request.user, now=request.now
        )

    if request.method == "POST" and is_kept(form, act):
        return to_flowsheet(session)
    has_devices = DeviceUse.objects.standing().filter(session=session).exists()
    shown = {"session": session, "form": form, "has_devices": has_devices, "reasons": REASONS}
    return render(request, "sessions/void.html", shown, status=422 if form.is_bound else 200)


def second_of(session: TreatmentSession, form: VoidForm, beside: HttpRequest) -> Signer | None:
    data = form.cleaned_data
    if not data["second_email"]:
        return None
    return proven_second(session, data["second_email"], data["second_password"], Permission.VOID, beside=beside, rule="OUT-4")


@require_http_methods(["GET", "POST"])
def session_reenter(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Wrong patient: which is the right session? Two people, one transaction."""
    site_for(request, site, Permission.VOID)
    session = session_for(request, pk, Permission.VOID)
    form = ReenterForm(request.POST if request.method == "POST" else None, targets=may_replace(session))

    def act() -> object:
        target, reason = form.cleaned_data["target"], form.cleaned_data["reason"]
        second = second_of(session, form, request)
        return reentry.reenter(session, target=target, reason=reason, second=second, by=request.user, membership=request.membership, now=request.now)

    if request.method == "POST" and is_kept(form, act):
        return to_flowsheet(form.cleaned_data["target"])
    return render(request, "sessions/reenter.html", {"session": session, "form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def session_swap(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Two charts were exchanged: both records change places. Two people, one transaction."""
    site_for(request, site, Permission.VOID)
    session = session_for(request, pk, Permission.VOID)
    form = SwapForm(request.POST if request.method == "POST" else None, targets=may_swap(session))

    def act() -> object:
        said = {"reason": form.cleaned_data["reason"], "second": second_of(session, form, request)}
        return swapping.swap(session, form.cleaned_data["target"], **said, by=request.user, membership=request.membership, now=request.now)

    if request.method == "POST" and is_kept(form, act):
        session.refresh_from_db(fields=["replaced_by"])
        return to_flowsheet(session.replaced_by or session)
    return render(request, "sessions/swap.html", {"session": session, "form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def rems_told(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The form of a voided session had been sent: somebody tells the REMS, and says whom and how."""
    site_for(request, site, Permission.FILE_FORM)
    session = session_for(request, pk, Permission.FILE_FORM)
    form = ToldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and is_kept(
        form, lambda: voiding.tell_rems(session, note=form.cleaned_data["note"], by=request.user, now=request.now)
    ):
        return to_flowsheet(session)
    return render(request, "sessions/rems_told.html", {"session": session, "form": form}, status=422 if form.is_bound else 200)
