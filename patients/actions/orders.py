"""The prescriber's orders: signed, spoken and co-signed, cancelled (DOS-8). Identity is confirmed before, outside of the transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import audit, signatures
from clinic.findings import refuse
from clinic.models import Membership, Signature, User
from clinic.signatures import IdentityProof
from patients.actions.authority import require_prescriber
from patients.actions.course import require_one_of_ours
from patients.actions.writing import locked, refuse_fields, today_of
from patients.models import Course, Order
from patients.rules.orders import new_order_problems
from patients.rules.protocol import REMS_ESKETAMINE
from patients.signed_content import ORDER_KIND, ORDER_SCHEMA

TERMS = ("dose_mg", "other_dose_reason", "sessions", "valid_from_on", "valid_until_on")


@transaction.atomic
def sign_order(course: Course, *, fields: Mapping[str, Any], proof: IdentityProof, client_key: UUID, by: Membership, now: datetime) -> Order:
    """A prescriber orders and signs (DOS-8). `fields`: dose_mg, other_dose_reason, sessions, valid_from_on, valid_until_on, note.

    A repeated post returns the first one's order: two orders would count twice as many sessions.

    Raises Refused for a non-prescriber, an ended course, a dose that devices can't make.
    """
    require_prescriber(by, "DOS-8")
    if earlier := _posted_before(course, client_key):
        return earlier
    order = _write(course, fields, ordered_by=by.user, now=now, client_key=client_key)
    _put_signature(order, proof, by, now)
    _record("order.signed", order, by.user, now, {"dose_mg": order.dose_mg, "sessions": order.sessions})
    return order


@transaction.atomic
def take_spoken_order(course: Course, *, fields: Mapping[str, Any], ordered_by: User, client_key: UUID, by: Membership, now: datetime) -> Order:
    """Write down a prescriber's spoken order, read back to them (DOS-8). It carries its own day; then it must be co-signed.

    Raises Refused as `sign_order`, and when `ordered_by` doesn't prescribe here or took it down themselves.
    """
    if ordered_by.pk == by.user_id:
        raise refuse("DOS-8", "You prescribe yourself: sign the order instead.", code="DOS-8.own", field="ordered_by")
    require_one_of_ours(ordered_by, course.patient)
    if earlier := _posted_before(course, client_key):
        return earlier
    order = _write(course, fields, ordered_by=ordered_by, now=now, is_spoken=True, taken_by=by.user, client_key=client_key)
    _record("order.spoken", order, by.user, now, {"dose_mg": order.dose_mg, "sessions": order.sessions})
    return order


@transaction.atomic
def cosign_order(order: Order, *, proof: IdentityProof, by: Membership, now: datetime) -> Order:
    """The prescriber who gave a spoken order signs it (DOS-8); a late signature is possible and shows its time.

    Raises Refused for anybody else, and when it is signed or cancelled.
    """
    require_prescriber(by, "DOS-8")
    row = locked(order)
    if row.ordered_by_id != by.user_id:
        raise refuse("DOS-8", "Only the prescriber who gave the order co-signs it.", code="DOS-8.other")
    if row.signed_at is not None or row.cancelled_at is not None:
        raise refuse("DOS-8", "This order waits for no signature.", code="DOS-8.done")
    _put_signature(row, proof, by, now)
    _record("order.cosigned", row, by.user, now, {})
    return row


@transaction.atomic
def cancel_order(order: Order, *, by: Membership, now: datetime) -> Order:
    """Nothing may be dosed on it any more; what was dosed keeps pointing to it. Raises Refused when it was cancelled already."""
    require_prescriber(by, "DOS-8")
    row = locked(order)
    if row.cancelled_at is not None:
        raise refuse("DOS-8", "This order was cancelled already.", code="DOS-8.done")
    row.cancelled_at, row.cancelled_by = now, by.user
    row.save(update_fields=["cancelled_at", "cancelled_by"])
    _record("order.cancelled", row, by.user, now, {})
    return row


def _posted_before(course: Course, client_key: UUID) -> Order | None:
    """The order that an earlier post of this page made; the course is locked, so that two at once wait for each other."""
    locked(course)
    order = Order.objects.filter(client_key=client_key).first()
    if order is not None and order.course_id != course.pk:
        raise refuse("DOS-8", "This page is out of date. Load it again.", code="client_key")
    return order


def _write(course: Course, fields: Mapping[str, Any], *, ordered_by: User, now: datetime, **more: Any) -> Order:
    row = locked(course)
    if row.ended_at is not None:
        raise refuse("DOS-8", "This course has ended.", code="DOS-8.ended")
    terms = {name: fields[name] for name in TERMS}
    refuse_fields("DOS-8", new_order_problems(**terms, today=today_of(row.site, now), protocol=REMS_ESKETAMINE))
    return Order.objects.create(site=row.site, course=row, ordered_by=ordered_by, ordered_at=now, note=fields.get("note", ""), **terms, **more)


def _put_signature(order: Order, proof: IdentityProof, by: Membership, now: datetime) -> None:
    signature = signatures.sign(
        site=order.site, membership=by, proof=proof, meaning=Signature.Meaning.ORDER,
        target_kind=ORDER_KIND, target_pk=order.pk, schema=ORDER_SCHEMA, now=now,
    )  # fmt: skip
    order.signature, order.signed_at = signature, now
    order.save(update_fields=["signature", "signed_at"])


def _record(action: str, order: Order, by: User, now: datetime, changes: Mapping[str, object]) -> None:
    audit.record(action=action, target=order, by=by, now=now, site=order.site, patient_pk=order.course.patient_id, changes=changes)
