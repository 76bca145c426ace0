"""The acts on a monitoring form: confirm, send, prove, fail, correct (PMF-4, PMF-5)."""

from typing import Any

from django import forms
from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from clinic.access import site_for
from clinic.actions.attachments import keep_file
from clinic.findings import Refused, refuse
from clinic.http import see_other
from clinic.identity import confirm_identity
from clinic.models import Site
from clinic.roles import Permission
from sessions.access import form_for
from sessions.actions import confirming, filing
from sessions.forms.confirming import ConfirmForm
from sessions.forms.filing import AmendForm, FailForm, ProofForm, SendForm
from sessions.models import FormSend, MonitoringForm
from sessions.queries.form_page import definition_of
from sessions.views.answers import is_kept
from sessions.views.form import confirm_form_for, show

SAID = {
    "confirm": "Confirmed and signed. Next: send it to the REMS.",
    "send": "Noted as sent. It is filed once there is proof that it arrived.",
    "prove": "Filed, with proof. Nothing more is owed for this visit.",
    "fail": "Noted as failed. It waits to be sent again.",
    "amend": "This is the correction: check it, then confirm and sign it.",
}


def opened(request: HttpRequest, site: str, pk: int, permission: Permission) -> tuple[Site, MonitoringForm]:
    place = site_for(request, site, permission)
    return place, form_for(request, pk, permission)


@require_POST
def form_confirm(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, monitoring_form = opened(request, site, pk, Permission.COMPLETE_FORM)
    if definition_of(monitoring_form) is None:
        return show(request, place, monitoring_form, status=422)
    confirm = confirm_form_for(request, place, monitoring_form, request.POST)
    if is_confirmed(request, confirm, monitoring_form):
        banners.success(request, SAID["confirm"])
        return see_other("form", place.slug, monitoring_form.pk)
    return show(request, place, monitoring_form, status=422, confirm=confirm)


def is_confirmed(request: HttpRequest, confirm: ConfirmForm, monitoring_form: MonitoringForm) -> bool:
    if not confirm.is_valid():
        return False
    try:
        proof = confirm_identity(request, confirm.cleaned_data["password"])
        key = confirm.cleaned_data["client_key"]
        confirming.confirm_form(
            monitoring_form, answers=confirm.answers(), proof=proof, membership=request.membership, client_key=key, now=request.now
        )
    except Refused as refused:
        confirm.refuse(refused.findings)
        return False
    return True


@require_POST
def form_send(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, monitoring_form = opened(request, site, pk, Permission.FILE_FORM)
    send = SendForm(request.POST, now=request.now)

    def act() -> None:
        data = send.cleaned_data
        filing.send_form(
            monitoring_form, method=data["method"], sent_at=send.moment(), client_key=data["client_key"], by=request.user, now=request.now
        )

    return answer(request, place, monitoring_form, send, act, "send")


@require_POST
def form_prove(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The proof's file is kept first: should the act be refused, an unused file does no harm, a lost receipt would."""
    place, monitoring_form = opened(request, site, pk, Permission.FILE_FORM)
    prove = ProofForm(request.POST, request.FILES, prefix="prove")

    def act() -> None:
        send, file = pending_send(monitoring_form), prove.cleaned_data["file"]
        kept = keep_file(place, target=monitoring_form, file_name=file.name, content=file.read(), by=request.user, now=request.now) if file else None
        filing.prove_send(send, proof=prove.cleaned_data["proof"], proof_file=kept, by=request.user, now=request.now)

    return answer(request, place, monitoring_form, prove, act, "prove")


@require_POST
def form_fail(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, monitoring_form = opened(request, site, pk, Permission.FILE_FORM)
    fail = FailForm(request.POST, prefix="fail")

    def act() -> None:
        filing.fail_send(pending_send(monitoring_form), failure=fail.cleaned_data["failure"], by=request.user, now=request.now)

    return answer(request, place, monitoring_form, fail, act, "fail")


@require_POST
def form_amend(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place, monitoring_form = opened(request, site, pk, Permission.COMPLETE_FORM)
    amend = AmendForm(request.POST, prefix="amend")
    made: list[MonitoringForm] = []

    def act() -> None:
        data = amend.cleaned_data
        made.append(confirming.amend_form(monitoring_form, reason=data["reason"], client_key=data["client_key"], by=request.user, now=request.now))

    return answer(request, place, monitoring_form, amend, act, "amend", made)


def answer(
    request: HttpRequest, place: Site, old: MonitoringForm, form: forms.Form, act: Any, name: str, made: list[MonitoringForm] | None = None
) -> HttpResponse:
    """303 to the form (or to the revision that was made), or the page again with what was refused."""
    if is_kept(form, act):
        banners.success(request, SAID[name])
        return see_other("form", place.slug, made[0].pk if made else old.pk)
    old.refresh_from_db(fields=["status"])
    return show(request, place, old, status=422, **{name: form})


def pending_send(monitoring_form: MonitoringForm) -> FormSend:
    """The send that was recorded last (its time may be typed earlier): whether it is still waiting is for the action to say."""
    send = monitoring_form.sends.select_related("form").order_by("pk").last()
    if send is None:
        raise refuse("PMF-5", "It has not been sent yet.", code="PMF-5.unsent")
    return send
