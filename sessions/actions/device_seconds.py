"""The second person of OUT-4: who vouches for a device that one person alone wrote down late."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import Signature, User
from clinic.signatures import sign
from sessions.actions.early import Signer
from sessions.actions.facts import new_fact, require_standing, same_post
from sessions.actions.life import locked_picture
from sessions.models import DeviceConfirmation, DeviceUse
from sessions.signed_seconds import KIND, SCHEMA
from sessions.states import Status


@transaction.atomic
def confirm_device(device: DeviceUse, *, second: Signer, client_key: UUID, by: User, now: datetime) -> DeviceConfirmation:
    """A second person, who has proved who they are, confirms when a late device was given; from then on its own time counts (OUT-4).

    Raises Refused when the device doesn't wait for anybody, and for everybody who wrote it down.
    """
    picture = locked_picture(device.session, ("devices",))
    row = picture.session
    earlier = same_post(DeviceConfirmation, client_key, row)
    if earlier is not None:
        return earlier
    if row.status in (Status.DISCHARGED, Status.VOIDED):
        raise refuse("OUT-2", "The record is closed. Add an addendum instead.", code="OUT-2.closed")
    require_standing(device)
    if device.pk not in {waiting.pk for waiting in picture.awaiting_second}:
        raise refuse("OUT-4", "This device waits for nobody: its time counts already.", code="OUT-4.not_waiting")
    if second.proof.user.pk in authors_of(device):
        raise refuse("OUT-4", "Whoever wrote it down can't confirm it: that takes another person.", code="OUT-4.same", field="second_email")
    return confirmed(device, second, client_key=client_key, by=by, now=now)


def authors_of(device: DeviceUse) -> set[int | None]:
    """Everybody who wrote this device down or corrected it."""
    authors, row = {device.recorded_by_id}, device
    while row.supersedes_id is not None:
        row = DeviceUse.objects.get(pk=row.supersedes_id)
        authors.add(row.recorded_by_id)
    return authors


def confirmed(device: DeviceUse, second: Signer, *, client_key: UUID, by: User, now: datetime) -> DeviceConfirmation:
    """Keep that `second` vouches for the device's time, under their signature; the caller holds the session's lock."""
    session = device.session
    made = new_fact(DeviceConfirmation, session, observed_at=now, by=by, now=now, client_key=client_key, device=device, second=second.proof.user)
    sign(
        site=session.site, membership=second.membership, proof=second.proof, meaning=Signature.Meaning.VOUCH, target_kind=KIND, target_pk=made.pk,
        schema=SCHEMA, now=made.recorded_at,
    )  # fmt: skip
    audit.record(
        action="device.confirmed", target=device, by=by, now=now, site=session.site, patient_pk=session.patient_id,
        changes={"session": session.pk, "number": device.number, "given_at": audit.plain(device.observed_at), "second": second.proof.user.pk},
    )  # fmt: skip
    return made
