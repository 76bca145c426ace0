"""What came back: a message that didn't arrive fails, and an address that nothing reaches is written to no more until it is changed."""

import re
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import User
from reminders.models import DeliveryReport, OutboxMessage, Undeliverable
from reminders.rules.kinds import Kind
from reminders.rules.returns import ARRIVED, LOST, Report

Channel, Status = OutboxMessage.Channel, OutboxMessage.Status
KEY = re.compile(r"(?P<uid>[0-9a-f]{32})-(?P<round>[0-9]{1,4})")
BY_HAND = Report("returned", is_for_good=True)


@transaction.atomic
def report_delivery(key: str, report: Report, *, now: datetime, provider: str) -> bool:
    """The provider's word about one round of a message; told again it changes nothing. Whether it was about a message of ours."""
    shape = KEY.fullmatch(key)
    if shape is None:
        return False
    rows = OutboxMessage.objects.select_for_update(of=("self",)).filter(uid=shape["uid"], round=int(shape["round"]), provider=provider)
    row = rows.first()
    if row is not None:
        keep_report(row, report, by=None, now=now)
    return row is not None


@transaction.atomic
def mark_returned(message: OutboxMessage, *, by: User, now: datetime) -> bool:
    """A person saw it come back: nothing more goes to that address until the chart has another. Pressed twice it is kept once.

    Raises Refused for a message that hasn't gone out, or that went to nobody's chart.
    """
    row = OutboxMessage.objects.select_for_update(of=("self",)).select_related("site").get(pk=message.pk)
    if row.status not in (Status.SENT, Status.FAILED, Status.UNKNOWN) or row.patient_id is None or row.kind == Kind.ANSWER:
        raise refuse("MSG-5", "Only a message that went out can come back.", code="message.returned")
    is_new = keep_report(row, BY_HAND, by=by, now=now)
    if is_new:
        audit.record(
            action="message.undeliverable", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes={"channel": row.channel}
        )
    return is_new


def keep_report(row: OutboxMessage, report: Report, *, by: User | None, now: datetime) -> bool:
    """Write the word, and what follows from it; False where it was written before."""
    _, is_new = DeliveryReport.objects.get_or_create(
        message=row, round=row.round, status=report.status,
        defaults={"site_id": row.site_id, "code": report.code, "reported_at": now, "reported_by": by},
    )  # fmt: skip
    if not is_new:
        return False
    if report.status in ARRIVED and row.status == Status.UNKNOWN:
        OutboxMessage.objects.filter(pk=row.pk, status=Status.UNKNOWN).update(status=Status.SENT, sent_at=now, why="")
    if report.status in LOST:
        gone = OutboxMessage.objects.filter(pk=row.pk, status__in=[Status.SENT, Status.UNKNOWN, Status.SENDING])
        gone.update(status=Status.FAILED, lease_until=None, why=f"It didn't arrive{f' ({report.code})' if report.code else ''}.")
    if report.is_for_good and row.patient is not None and row.kind != Kind.ANSWER:
        give_up_address(row, report, now=now)
    return True


def give_up_address(row: OutboxMessage, report: Report, *, now: datetime) -> None:
    """The address that the message went to, which is the chart's present one unless it was changed meanwhile."""
    assert row.patient is not None
    address = row.patient.email if row.channel == Channel.EMAIL else str(row.patient.phone)
    if address:
        Undeliverable.objects.get_or_create(
            patient=row.patient, channel=row.channel, address=address,
            defaults={"site_id": row.site_id, "message": row, "reported_at": now, "why": f"Nothing reaches it{f' ({report.code})' if report.code else ''}."},
        )  # fmt: skip
