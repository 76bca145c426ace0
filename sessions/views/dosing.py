"""The start press, one tap per device, taking one back, correcting one, stopping early."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import site_for
from clinic.findings import refuse
from clinic.roles import Permission
from sessions.access import fact_for, session_for
from sessions.actions import complaints, device_seconds, devices, dosing
from sessions.actions.early import Signer
from sessions.forms.arrival import ReasonForm
from sessions.forms.dosing import ComplaintForm, CorrectDeviceForm, DeviceForm, SecondForm, StartForm, initial_of
from sessions.forms.events import WithdrawForm
from sessions.models import DeviceUse, TreatmentSession
from sessions.queries.succession import newest_of
from sessions.states import DOSED
from sessions.views.answers import beside_what_stands, is_kept, said_above, step_again, to_flowsheet
from sessions.views.second import proven_second


@require_POST
def dosing_start(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.DOSE)
    session = session_for(request, pk, Permission.DOSE)
    form = StartForm(request.POST, auto_id="start_%s")

    def act() -> object:
        data = form.cleaned_data
        said = {"said_name": data["said_name"], "said_birth_date": data["said_birth_date"]}
        return dosing.start(
            session, kit=form.kit(), **said, client_key=data["client_key"], by=request.user, membership=request.membership, now=request.now
        )

    return to_flowsheet(session) if is_kept(form, act) else step_again(request, session, "dose", form)


@require_http_methods(["GET", "POST"])
def device_record(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """One device. The page of its own (GET) is for what was given before anybody pressed start."""
    site_for(request, site, Permission.DOSE)
    session = session_for(request, pk, Permission.DOSE)
    if request.method == "GET":
        form = DeviceForm(session=session, now=request.now, initial={"sprays": 2, "client_key": uuid4()}, auto_id="device_%s")
        return device_page(request, session, form, status=200)
    form = DeviceForm(request.POST, session=session, now=request.now, auto_id="device_%s")

    def act() -> object:
        key = form.cleaned_data["client_key"]
        return dosing.record_device(session, given=form.given(), client_key=key, by=request.user, membership=request.membership, now=request.now)

    if is_kept(form, act):
        return to_flowsheet(session)
    if session.status in DOSED:
        return step_again(request, session, "dose", form)
    return device_page(request, session, form, status=422)


def device_page(request: HttpRequest, session: TreatmentSession, form: DeviceForm, *, status: int) -> HttpResponse:
    context = {"session": session, "form": form, "findings": said_above(form), "client_key": uuid4(), "needs_kit": not session.kit_lot}
    return render(request, "sessions/device_record.html", context, status=status)


@require_POST
def device_undo(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.DOSE)
    device = fact_for(request, DeviceUse, pk, Permission.DOSE)
    form = WithdrawForm(request.POST)
    if is_kept(form, lambda: devices.undo_device(device, client_key=form.cleaned_data["client_key"], by=request.user, now=request.now)):
        return to_flowsheet(device.session)
    return step_again(request, device.session, "dose", as_reason(form))


def as_reason(form: Any) -> ReasonForm:
    """A refusal without a field of its own, for the step to say."""
    shown = ReasonForm({"reason": ""})
    shown.is_valid()
    for errors in form.errors.values():
        for error in errors:
            shown.add_error(None, error)
    return shown


@require_http_methods(["GET", "POST"])
def device_correct(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Correct a device; where the gate would open earlier, a second person proves who they are on the same page (OUT-4)."""
    site_for(request, site, Permission.DOSE)
    device = fact_for(request, DeviceUse, pk, Permission.DOSE)
    session = device.session
    if request.method == "GET":
        form = CorrectDeviceForm(old=device, now=request.now, initial={**initial_of(device, session.site.zone), "client_key": uuid4()})
        return render(request, "sessions/device_correct.html", {"session": session, "device": device, "form": form})
    form = CorrectDeviceForm(request.POST, old=device, now=request.now)

    def act() -> object:
        data = form.cleaned_data
        second = second_person(session, data, beside=request)
        return devices.correct_device(
            device,
            given=form.given(),
            reason=data["reason"],
            client_key=data["client_key"],
            by=request.user,
            now=request.now,
            second=second,
        )

    if is_kept(form, act):
        return to_flowsheet(session)
    newest = newest_of(device)
    if newest.pk != device.pk and not newest.is_withdrawn:
        beside_what_stands(form, initial_of(newest, session.site.zone))
        device = newest
    return render(request, "sessions/device_correct.html", {"session": session, "device": device, "form": form}, status=422)


@require_http_methods(["GET", "POST"])
def device_confirm(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """A second person confirms a device that was written down late, on the page of whoever is signed in (OUT-4)."""
    site_for(request, site, Permission.DOSE)
    device = fact_for(request, DeviceUse, pk, Permission.DOSE)
    session = device.session
    form = SecondForm(request.POST if request.method == "POST" else None, initial={"client_key": uuid4()})

    def act() -> object:
        data = form.cleaned_data
        second = second_person(session, data, beside=request)
        assert second is not None
        return device_seconds.confirm_device(device, second=second, client_key=data["client_key"], by=request.user, now=request.now)

    if request.method == "POST" and is_kept(form, act):
        return to_flowsheet(session)
    late = int((device.recorded_at - device.observed_at).total_seconds() // 60)
    context = {"session": session, "device": device, "form": form, "late": late}
    return render(request, "sessions/device_confirm.html", context, status=422 if form.is_bound else 200)


def second_person(session: TreatmentSession, data: dict[str, Any], *, beside: HttpRequest) -> Signer | None:
    """Another member of this site who may dose; None when nobody was named."""
    email, given = data["second_email"], data["second_password"]
    return proven_second(session, email, given, Permission.DOSE, beside=beside, rule="OUT-4") if email else None


@require_POST
def dosing_stop(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.DOSE)
    session = session_for(request, pk, Permission.DOSE)
    form, key = ReasonForm(request.POST), WithdrawForm(request.POST)

    def act() -> object:
        if not key.is_valid():
            raise refuse("SESSION", "This page is out of date. Open the session again.", code="client_key")
        return dosing.stop_dosing(
            session, reason=form.cleaned_data["reason"], client_key=key.cleaned_data["client_key"], by=request.user, now=request.now
        )

    return to_flowsheet(session) if is_kept(form, act) else step_again(request, session, "dose", form)


@require_POST
def complaint_report(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The maker has been told of a failed device (DOS-2)."""
    site_for(request, site, Permission.DOSE)
    session = session_for(request, pk, Permission.DOSE)
    form = ComplaintForm(request.POST)
    if is_kept(form, lambda: complaints.report_complaint(session, **form.cleaned_data, by=request.user, now=request.now)):
        return to_flowsheet(session)
    return step_again(request, session, "dose", as_reason(form))
