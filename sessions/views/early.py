"""Leaving early: every finding in the way, the reason and both signatures on one page (OUT-3)."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic.access import site_for
from clinic.findings import standing_in_the_way
from clinic.identity import confirm_identity
from clinic.roles import Permission
from sessions.access import session_for
from sessions.actions import early
from sessions.actions.leaving import sign_off_findings
from sessions.forms.leaving import EarlyForm
from sessions.models import TreatmentSession
from sessions.picture import picture_of
from sessions.queries.leaving import version_of
from sessions.queries.policies import policy_for
from sessions.rules.early import may_pass
from sessions.states import Status
from sessions.views.answers import is_kept, to_flowsheet
from sessions.views.second import proven_second


@require_http_methods(["GET", "POST"])
def session_discharge_early(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Both passwords are checked outside of the transaction, the gate inside of it."""
    site_for(request, site, Permission.SIGN_DISCHARGE)
    session = session_for(request, pk, Permission.SIGN_DISCHARGE)
    if request.method == "GET":
        return early_page(request, session, EarlyForm(initial={"client_key": uuid4()}), status=200)
    form = EarlyForm(request.POST)

    def act() -> object:
        data = form.cleaned_data
        signer = early.Signer(proof=confirm_identity(request, data["password"]), membership=request.membership)
        second = proven_second(session, data["second_email"], data["second_password"], Permission.DECIDE, beside=request, rule="OUT-3")
        said = early.Early(reason=data["reason"], shown=form.shown(), version=data["version"])
        return early.discharge_early(session, early=said, signer=signer, second=second, client_key=data["client_key"], now=request.now)

    if is_kept(form, act):
        return to_flowsheet(session)
    return early_page(request, session, form, status=422)


def early_page(request: HttpRequest, session: TreatmentSession, form: EarlyForm, *, status: int) -> HttpResponse:
    """What stands in the way now; what a signature can't pass comes first and hides the form."""
    picture = picture_of(session, policy_for(session))
    found = []
    if session.status == Status.MONITORING:
        found = standing_in_the_way(sign_off_findings(picture, request.membership, request.now), picture.decided("discharge"))
    context = {
        "session": session, "form": form, "signer": request.user, "credential": request.membership.get_credential_display(),
        "firm": [finding for finding in found if not may_pass(finding)], "passable": [finding for finding in found if may_pass(finding)],
        "shown": " ".join(finding.key for finding in found), "is_watched": session.status == Status.MONITORING,
        "version": version_of(picture),
    }  # fmt: skip
    return render(request, "sessions/discharge_early.html", context, status=status)
