"""Does the outbox add up? What should exist is counted anew from the schedule, without the sweep's own queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.models import Site
from patients.models import Patient
from reminders.models import OutboxMessage, SiteMessaging, Undeliverable
from reminders.queries.sending import hours_of
from reminders.queries.slots import slot_of
from reminders.rules.kinds import UPCOMING, Kind, window_of
from reminders.rules.moments import HORIZON, Hours
from sessions.models import TreatmentSession
from sessions.states import Status

Channel, State = OutboxMessage.Channel, OutboxMessage.Status
UNBALANCED = "messages_unbalanced"
# A message that is due for so long and neither sent nor put off is stuck.
STUCK_AFTER = timedelta(minutes=15)
BACK = timedelta(days=2)


@dataclass(frozen=True)
class Balance:
    """Reminders of the visits of the last two days and of those to come. `missing` and `stuck` are nought when all is well."""

    owed: int
    states: dict[str, int]
    missing: int
    stuck: int

    @property
    def is_even(self) -> bool:
        return not self.missing and not self.stuck


def balance_of(site: Site, now: datetime) -> Balance:
    """Owed = sent + failed + unknown + withdrawn + waiting, reminder by reminder."""
    visits = TreatmentSession.objects.filter(site=site, status=Status.BOOKED, starts_at__gt=now - BACK, starts_at__lte=now + HORIZON)
    visits = visits.select_related("site", "patient")
    rows = dict[tuple[object, ...], str]()
    mine = OutboxMessage.objects.filter(session__in=visits.order_by(), kind__in=UPCOMING, contact_pk=0)
    for row in mine.values_list("session_id", "schedule_version", "kind", "channel", "status"):
        rows[row[:4]] = row[4]
    messaging = SiteMessaging.objects.filter(site=site).first()
    sends_texts, hours = messaging is not None and bool(messaging.provider), hours_of(messaging)
    dead = {(row.patient_id, row.address) for row in Undeliverable.objects.filter(site=site, reinstatement__isnull=True)}
    owed = {key for visit in visits for key in owed_by(visit, hours, sends_texts=sends_texts, dead=dead, now=now)}
    states = dict.fromkeys(State.values, 0)
    for key in owed | set(rows):
        if key in rows:
            states[rows[key]] += 1
    overdue = OutboxMessage.objects.filter(site=site, status__in=[State.DUE, State.SENDING], due_at__lt=now - STUCK_AFTER)
    return Balance(owed=len(owed | set(rows)), states=states, missing=len(owed - set(rows)), stuck=overdue.count())


def owed_by(visit: TreatmentSession, hours: Hours, *, sends_texts: bool, dead: set[tuple[int, str]], now: datetime) -> Iterator[tuple[object, ...]]:
    """The reminders of a visit that could still help if they were made now."""
    patient = visit.patient
    if patient.status != Patient.Status.ACTIVE or visit.starts_at <= now:
        return
    agreed = {Channel.EMAIL: patient.may_email and patient.email, Channel.TEXT: sends_texts and patient.text_consent != "none" and str(patient.phone)}
    for channel in [channel for channel, address in agreed.items() if address and (patient.pk, str(address)) not in dead]:
        for kind in UPCOMING:
            if window_of(Kind(kind), slot_of(visit, hours), now=now) is not None:
                yield visit.pk, visit.schedule_version, str(kind), str(channel)
