"""What the messages page, the chart and the board read of the outbox."""

from django.db.models import Count, QuerySet

from reminders.models import OutboxMessage

Message = OutboxMessage.Status


def for_page(site_pk: int, status: str = "") -> QuerySet[OutboxMessage]:
    messages = OutboxMessage.objects.filter(site_id=site_pk).select_related("patient", "session")
    if status:
        messages = messages.filter(status=status)
    return messages.order_by("-due_at", "-pk")


def counts(site_pk: int) -> dict[str, int]:
    """How many messages of a site stand in each state."""
    rows = OutboxMessage.objects.filter(site_id=site_pk).values_list("status").annotate(n=Count("pk")).order_by()
    return {**dict.fromkeys(Message.values, 0), **dict(rows)}
