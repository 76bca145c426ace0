"""Taking back or correcting a device; nothing may open the discharge gate earlier by one person's word (OUT-4)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from clinic import audit
from clinic.findings import Finding, blocks, refuse
from clinic.models import User
from sessions.actions.complaints import heed_failure
from sessions.actions.device_seconds import confirmed
from sessions.actions.dosing import Given, after_device, first_counts_from, keep_breaches, plain_device
from sessions.actions.early import Signer
from sessions.actions.facts import copied_fields, new_fact, require_correctable, require_reason, require_standing, require_time, same_post
from sessions.actions.forms import withdraw_form
from sessions.actions.life import locked_picture, move
from sessions.models import DeviceUse
from sessions.picture import Picture, counted_at
from sessions.queries.gates import devices_planned, gate_facts
from sessions.rules.dosing import corrected_counts_from, device_findings, may_undo, opens_earlier
from sessions.rules.gates import start_findings
from sessions.states import Status

CLOSED = (Status.DISCHARGED, Status.VOIDED)


@transaction.atomic
def undo_device(device: DeviceUse, *, client_key: UUID, by: User, now: datetime) -> DeviceUse:
    """Take back a slip of the finger: the last device, by the same person, within a minute (OUT-4). Both rows stay."""
    picture = locked_picture(device.session, ("devices",))
    row = picture.session
    earlier = same_post(DeviceUse, client_key, row)
    if earlier is not None:
        return earlier
    require_standing(device)
    latest = max(picture.devices, key=lambda other: (other.recorded_at, other.pk))
    is_slip = may_undo(
        recorded_at=device.recorded_at, now=now, is_same_person=device.recorded_by_id == by.pk, is_latest=latest.pk == device.pk,
        is_correction=device.supersedes_id is not None,
    )  # fmt: skip
    if not is_slip:
        raise refuse("OUT-4", "A device can be taken back for one minute, by who recorded it. Correct it instead.", code="OUT-4.undo")
    made = new_fact(
        DeviceUse, row, observed_at=device.observed_at, by=by, now=now, client_key=client_key, observed_by_id=device.observed_by_id,
        supersedes=device, is_withdrawn=True, reason="Taken back within a minute", **copied_fields(device),
    )  # fmt: skip
    audit.record(action="device.undone", target=device, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes={"number": device.number})
    if device.has_failed:
        heed_failure(row, made, now)
    picture.devices = [other for other in picture.devices if other.pk != device.pk]
    settle(picture, by=by, now=now)
    return made


@transaction.atomic
def correct_device(
    device: DeviceUse, *, given: Given, reason: str, client_key: UUID, by: User, now: datetime, second: Signer | None = None
) -> DeviceUse:
    """Put a new row in the place of a device, with the reason (MON-7); rules it shows broken are stored as breaches (DOS-2, DEV-1).

    Raises Refused without a reason, after the signature, and when the gate would open earlier than it stood without a
    second person who has proved who they are (OUT-4).
    """
    picture = locked_picture(device.session)
    row = picture.session
    earlier = same_post(DeviceUse, client_key, row)
    if earlier is not None:
        return earlier
    if row.status in CLOSED:
        raise refuse("OUT-2", "The record is closed. Add an addendum instead.", code="OUT-2.closed")
    require_correctable(row, device, now)
    require_reason(reason)
    require_standing(device)
    require_time(given.given_at, now)
    second = None if second is not None and second.proof.user.pk == by.pk else second
    before = picture.gate_opens_at
    broken = broken_by_correction(picture, device, given)
    made = corrected_row(picture, device, given, second, reason=reason, client_key=client_key, by=by, now=now)
    picture.devices = [made if other.pk == device.pk else other for other in picture.devices]
    require_second(opens_earlier(before=before, after=picture.gate_opens_at), second)
    if second is not None:
        confirmed(made, second, client_key=uuid5(client_key, "second"), by=by, now=now)
    keep_breaches(row, broken, happened_at=given.given_at, by=by, now=now)
    audit.record(
        action="device.corrected", target=made, by=by, now=now, site=row.site, patient_pk=row.patient_id,
        changes={
            "supersedes": device.pk, "sprays": [device.sprays, made.sprays], "second": second.proof.user.pk if second is not None else None,
            "given_at": [audit.plain(device.observed_at), audit.plain(made.observed_at)], "breaches": [one.key for one in broken],
        },
    )  # fmt: skip
    if made.has_failed != device.has_failed:
        heed_failure(row, made, now)
    settle(picture, by=by, now=now)
    return made


def corrected_row(
    picture: Picture, device: DeviceUse, given: Given, second: Signer | None, *, reason: str, client_key: UUID, by: User, now: datetime
) -> DeviceUse:
    """The new row in the place of the old one; by one person alone it opens nothing that has waited for two (OUT-4)."""
    return new_fact(
        DeviceUse, picture.session, observed_at=given.given_at, by=by, now=now, client_key=client_key, observed_by=given.observed_by or device.observed_by,
        supersedes=device, reason=reason.strip()[:300], number=device.number, route=given.kit.route, lot=given.kit.lot,
        expires_on=given.kit.expires_on, sprays=given.sprays, indicator_ok=given.indicator_ok, has_failed=given.has_failed,
        label_checked=given.label_checked, counts_from=None if second is not None else counts_from(picture, device, given, now),
    )  # fmt: skip


def broken_by_correction(picture: Picture, device: DeviceUse, given: Given) -> list[Finding]:
    """The rules that the corrected device is seen to have broken, and that no breach of this session says yet."""
    others = replace(picture, devices=[other for other in picture.devices if other.pk != device.pk])
    earlier = [other for other in others.sprayed if (other.observed_at, other.number) < (given.given_at, device.number)]
    so_far = replace(others, devices=earlier)
    plain = plain_device(so_far, given)
    if not earlier and others.sprayed:
        plain = replace(plain, previous_route=others.sprayed[0].route)
    broken = blocks(device_findings(plain, rest=picture.clock_policy.rest))
    if given.sprays and not earlier and (device.sprays == 0 or given.given_at < device.observed_at):
        broken += blocks(start_findings(gate_facts(so_far, at=given.given_at)))
    known = {breach.finding for breach in picture.breaches}
    return [finding for finding in broken if finding.key[:60] not in known]


def counts_from(picture: Picture, device: DeviceUse, given: Given, now: datetime) -> datetime | None:
    """From when the gate counts a device as one person alone corrects it: a spray that is new to it is a first entry (OUT-4)."""
    if not device.sprays:
        return first_counts_from(picture, given, now)
    standing = next((one for one in picture.devices if one.pk == device.pk), device)
    before = counted_at(standing)
    return corrected_counts_from(given_at=given.given_at, before=before if before > standing.observed_at else None)


def require_second(is_earlier: bool, second: Signer | None) -> None:
    """OUT-4: back-dating, correcting or voiding in a way that opens the gate earlier needs another person."""
    if is_earlier and second is None:
        text = "This would open the discharge gate earlier. A second person must confirm it with their own password."
        raise refuse("OUT-4", text, code="OUT-4.second", field="second_email")


def settle(picture: Picture, *, by: User, now: datetime) -> None:
    """Status and form follow the devices that stand now."""
    row = picture.session
    if not picture.sprayed:
        withdraw_form(row, by=by, now=now)
    # An unopened device that turns out to have been sprayed begins the dosing like any first spray.
    after_device(picture, by=by, now=now)
    if row.status == Status.MONITORING and len(picture.sprayed) < devices_planned(picture) and not stopped_early(picture):
        move(row, Status.DOSING, by=by, now=now)


def stopped_early(picture: Picture) -> bool:
    """Whether somebody ended the dosing on purpose; a correction then doesn't reopen it."""
    return picture.session.events.filter(kind="stopped_early", superseded_by__isnull=True, is_withdrawn=False).exists() and bool(picture.sprayed)
