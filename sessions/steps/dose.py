"""The step of the dose: the start press, then one tap per device with its rest in between (PRE-6, DOS-1, DOS-2)."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest

from clinic.models import Membership
from clinic.roles import Permission, may
from sessions.actions.devices import CLOSED
from sessions.forms.arrival import ReasonForm
from sessions.forms.dosing import DeviceForm, StartForm
from sessions.forms.predose import DecideForm
from sessions.models import DeviceUse
from sessions.picture import Picture
from sessions.queries.complaints import open_complaints
from sessions.queries.forecast import with_forecast
from sessions.queries.gates import devices_planned, gate_facts
from sessions.rules.dosing import may_undo
from sessions.rules.gates import start_findings
from sessions.states import Status
from sessions.steps.gate_rows import errors_of, gate_rows
from sessions.steps.prepare import HOLD_REASONS, WAIT_REASONS, permissions

TEMPLATE = "sessions/_step_dose.html"
BEFORE = (Status.BOOKED, Status.ARRIVED, Status.WAITING, Status.HELD, Status.CANCELLED, Status.MISSED)
STOP_REASONS = ("Patient asked to stop", "Dissociation", "Pressure", "Device failed, no other")
# Said by the form itself: the two ticks right beside the button.
ASKED_BY_FORM = ("PRE-5.dose",)


def context(picture: Picture, *, request: HttpRequest, now: datetime, bound_form: Any = None) -> dict[str, Any]:
    """What `_step_dose.html` shows; `bound_form` is a form that was refused (start, device, a reason, a decision)."""
    session = picture.session
    is_cleared = session.status == Status.CLEARED
    other = bound_form if isinstance(bound_form, ReasonForm) else None
    return {
        "session": session,
        "site": request.site,  # type: ignore[attr-defined]
        "now": now,
        "is_cleared": is_cleared,
        "is_dosing": session.status == Status.DOSING,
        "planned": devices_planned(picture),
        "complaints": open_complaints(session) if any(device.has_failed for device in picture.devices) else (),
        "devices": device_rows(picture, by_pk=request.user.pk, now=now),
        "next_number": len(picture.sprayed) + 1,
        "rest_ends_at": picture.rest_ends_at,
        "is_resting": picture.rest_ends_at is not None and now < picture.rest_ends_at,
        "given_mg": picture.given_mg,
        "other_errors": errors_of(other),
        "stop_reasons": STOP_REASONS,
        "wait_reasons": WAIT_REASONS,
        "hold_reasons": HOLD_REASONS,
        "is_before": session.status in BEFORE,
        "may_correct": session.status not in CLOSED,
        "to_come": range(len(picture.sprayed) + 1, devices_planned(picture) + 1) if session.status == Status.DOSING else [],
        "form_findings": getattr(bound_form, "findings", []) if other is None else [],
        **permissions(request),
        **(start_context(picture, request.membership, now, bound_form) if is_cleared else {}),  # type: ignore[attr-defined]
        **(device_context(picture, request, now, bound_form) if not is_cleared else {}),
    }


def start_context(picture: Picture, membership: Membership, now: datetime, bound_form: Any) -> dict[str, Any]:
    """What the start gate says now, and its form."""
    facts = with_forecast(gate_facts(picture, at=now, membership=membership), picture)
    findings = [finding for finding in start_findings(facts) if finding.key not in ASKED_BY_FORM]
    rows = gate_rows(picture, findings, bound_form if isinstance(bound_form, DecideForm) else None)
    form = bound_form if isinstance(bound_form, StartForm) else StartForm(initial={"client_key": uuid4()}, auto_id="start_%s")
    return {
        "rows": rows,
        "is_open": any(row["is_open"] for row in rows),
        "start_form": form,
        "latest": facts.latest_starts[0] if facts.latest_starts else None,
    }


def device_context(picture: Picture, request: HttpRequest, now: datetime, bound_form: Any) -> dict[str, Any]:
    """The next device's form; `needs_kit` where no start has named the kit."""
    session = picture.session
    form = bound_form if isinstance(bound_form, DeviceForm) else DeviceForm(session=session, now=now, initial={"sprays": 2}, auto_id="device_%s")
    return {
        "device_form": form,
        "device_key": uuid4(),
        "stop_key": uuid4(),
        "device_open": isinstance(bound_form, DeviceForm),
        "needs_kit": not session.kit_lot,
        "is_named": session.kit_route == "patient",
        "is_complete": len(picture.sprayed) >= devices_planned(picture),
        "may_record": may(request.membership.role, Permission.DOSE),  # type: ignore[attr-defined]
    }


def device_rows(picture: Picture, *, by_pk: int, now: datetime) -> list[dict[str, Any]]:
    """Each standing device; the last one may be taken back for a minute by who recorded it (OUT-4)."""
    latest = max(picture.devices, key=lambda device: (device.recorded_at, device.pk), default=None)
    return [device_row(device, is_latest=device is latest, by_pk=by_pk, now=now) for device in picture.devices]


def device_row(device: DeviceUse, *, is_latest: bool, by_pk: int, now: datetime) -> dict[str, Any]:
    may_take_back = may_undo(
        recorded_at=device.recorded_at, now=now, is_same_person=device.recorded_by_id == by_pk, is_latest=is_latest,
        is_correction=device.supersedes_id is not None,
    )  # fmt: skip
    late = int((device.recorded_at - device.observed_at).total_seconds() // 60)
    return {
        "device": device,
        "may_undo": may_take_back,
        "key": uuid4(),
        "late": max(0, late),
        "is_corrected": device.supersedes_id is not None,
    }
