"""The canonical text of what prescribers sign here. A schema, once shipped, is frozen: a change is a new number beside it."""

from collections.abc import Collection
from datetime import UTC

from patients.models import Order

ORDER_KIND = "order"
ORDER_SCHEMA = 1


def order_text(order: Order) -> str:
    """Schema 1 of an order: one `key value` line each; no name of the patient, no status (DOS-8)."""
    return "\n".join(
        [
            "vigil-order 1",
            f"order {order.pk}",
            f"course {order.course_id}",
            f"site {order.site_id}",
            f"dose_mg {order.dose_mg}",
            f"other_dose_reason {order.other_dose_reason!a}",
            f"sessions {order.sessions}",
            f"from {order.valid_from_on.isoformat()}",
            f"until {order.valid_until_on.isoformat()}",
            f"note {order.note!a}",
            f"ordered_by {order.ordered_by_id}",
            f"ordered_at {order.ordered_at.astimezone(UTC).isoformat(timespec='microseconds')}",
            f"spoken {'yes' if order.is_spoken else 'no'}",
            f"taken_by {order.taken_by_id or '-'}",
        ]
    )


def render_order(pk: int) -> str:
    """The text of a stored order. Raises ValueError when there is none."""
    order = Order.objects.filter(pk=pk).first()
    if order is None:
        raise ValueError(f"No order {pk}.")
    return order_text(order)


def render_orders(pks: Collection[int]) -> dict[int, str]:
    """The texts of many orders in one query; missing ones are left out."""
    return {order.pk: order_text(order) for order in Order.objects.filter(pk__in=pks)}
