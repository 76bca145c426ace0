"""What came back: a message that didn't arrive fails, and an address that nothing reaches is written to no more until it is changed."""

import re
from datetime import datetime

from django.db import transaction

from clinic import audit, scope
from clinic.findings import refuse
from clinic.marks import reached_at
from clinic.models import User
from reminders.actions.receiving import lock_people, stop_drivers, stop_texts
from reminders.models import DeliveryReport, OutboxMessage, Reinstatement, Undeliverable
from reminders.queries.drivers import driver_of
from reminders.queries.inbound import drivers_of, patients_of
from reminders.rules.kinds import Kind
from reminders.rules.returns import ARRIVED, CAME_BACK, LOST, Report

Channel, Status = OutboxMessage.Channel, OutboxMessage.Status
KEY = re.compile(r"(?P<uid>[0-9a-f]{32})-(?P<round>[0-9]{1,4})")
BY_HAND = Report("returned", is_for_good=True, why=CAME_BACK)


@transaction.atomic
def report_delivery(key: str, report: Report, *, now: datetime, provider: str) -> bool:
    """The provider's word about one round of a message; told again it changes nothing. Whether it was about a message of ours."""
    shape = KEY.fullmatch(key)
    if shape is None:
        return False
    rows = OutboxMessage.objects.select_for_update(of=("self",)).filter(uid=shape["uid"], round=int(shape["round"]), provider=provider)
    with scope.every():
        row = rows.first()
    if row is not None:
        with scope.of_site(row.site_id):
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
    if not is_new:
        # It was said to work meanwhile, and came back again.
        learn(row, BY_HAND, by=by, now=now)
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
    learn(row, report, by=by, now=now)
    return True


def learn(row: OutboxMessage, report: Report, *, by: User | None, now: datetime) -> None:
    """What a report says of the address: nothing reaches it, or its owner has stopped texts at the provider (MSG-2)."""
    if row.patient is None or row.kind == Kind.ANSWER:
        return
    if report.is_for_good and give_up_address(row, report, now=now):
        audit.record(
            action="message.undeliverable", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes={"channel": row.channel}
        )
    number = address_of(row) if report.is_opt_out and row.channel == Channel.TEXT else ""
    if number:
        patients, drivers = patients_of(row.site, number), drivers_of(row.site, number)
        lock_people(patients, drivers)
        stop_texts(patients, now=now)
        stop_drivers(drivers, now=now)


def address_of(row: OutboxMessage) -> str:
    """The patient's address by the chart, or the driver's."""
    assert row.patient is not None
    if row.kind == Kind.DRIVER:
        driver = driver_of(row)
        return str(driver.phone) if driver is not None else ""
    return row.patient.email if row.channel == Channel.EMAIL else str(row.patient.phone)


def give_up_address(row: OutboxMessage, report: Report, *, now: datetime) -> bool:
    """The address that the message went to, which is the chart's present one unless it was changed meanwhile. Whether it stood until now."""
    address = address_of(row)
    same = {"patient": row.patient, "channel": row.channel}
    if not address or Undeliverable.objects.filter(reached_at(Undeliverable, "address", address), **same, reinstatement__isnull=True).exists():
        return False
    Undeliverable.objects.create(**same, address=address, site_id=row.site_id, message=row, reported_at=now, why=report.why)
    return True


@transaction.atomic
def reinstate_address(undeliverable: Undeliverable, *, by: User, now: datetime) -> None:
    """Somebody found out that it works: messages go there again. Pressed twice it is kept once."""
    row = Undeliverable.objects.select_for_update(of=("self",)).select_related("site").get(pk=undeliverable.pk)
    same = Undeliverable.objects.filter(
        reached_at(Undeliverable, "address", row.address), patient_id=row.patient_id, channel=row.channel, reinstatement__isnull=True
    )
    given_up = list(same.select_for_update(of=("self",)).order_by("pk"))
    for one in given_up:
        Reinstatement.objects.create(site=row.site, undeliverable=one, reinstated_at=now, reinstated_by=by)
    if given_up:
        audit.record(
            action="message.reinstated", target=row, by=by, now=now, site=row.site, patient_pk=row.patient_id, changes={"channel": row.channel}
        )
