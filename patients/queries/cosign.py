"""Spoken orders that wait for their prescriber's signature: the list to sign, and what a closing day still owes (DOS-8)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet

from clinic.findings import Finding, Level
from clinic.models import Site
from clinic.queries import today_at
from clinic.rules.opening import local_day
from patients.models import Order
from patients.rules.orders import cosign_is_late

MOST = 50


@dataclass(frozen=True, slots=True)
class ToSign:
    """One spoken order without its signature; `is_late` once its day is over."""

    order: Order
    is_late: bool


def unsigned_spoken(site: Site | int | OuterRef) -> QuerySet[Order]:
    """Every spoken order of a site that nobody has co-signed or cancelled; found by an index of theirs alone."""
    return Order.objects.filter(site=site, is_spoken=True, signed_at__isnull=True, cancelled_at__isnull=True)


def orders_to_sign(site: Site, now: datetime, *, prescriber_pk: int | None = None) -> list[ToSign]:
    """The oldest first; of one prescriber, or of everybody. One query."""
    rows = unsigned_spoken(site).select_related("course__patient", "ordered_by", "taken_by").order_by("ordered_at", "pk")
    if prescriber_pk is not None:
        rows = rows.filter(ordered_by_id=prescriber_pk)
    today = today_at(site, now)
    return [ToSign(order, cosign_is_late(ordered_on=local_day(order.ordered_at, site.zone), on=today)) for order in rows[:MOST]]


def cosign_findings(site: Site, now: datetime) -> list[Finding]:
    """What closing the day must explain: each unsigned spoken order, a note on its day and a decision once it is late (DOS-8)."""
    return [
        Finding(
            "DOS-8", Level.DECISION if item.is_late else Level.NOTE,
            f"Unsigned exception: {item.order.ordered_by} has not co-signed the spoken order for {item.order.course.patient.short_name}",
            code=f"DOS-8.unsigned.{item.order.pk}", field="order",
        )
        for item in orders_to_sign(site, now)
    ]  # fmt: skip
