"""What passed between the clinic and one patient, for the chart: messages, their own texts, what they agreed to; a few queries a page, however long."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce

from patients.models import MessageConsent, Patient
from reminders.models import DeliveryReport, InboundText, OutboxMessage, SiteMessaging, Undeliverable
from reminders.queries.inbound import with_people
from reminders.rules.returns import ARRIVED
from reminders.rules.ways import Standing, Way, way_of

MESSAGE, TEXT, CONSENT = "message", "text", "consent"
SHOWN = {MESSAGE: "Sent to the patient", TEXT: "Replies", CONSENT: "Agreements"}
Channel = OutboxMessage.Channel


@dataclass(frozen=True)
class Line:
    """One thing that happened or will: `what` says of which kind `row` is."""

    what: str
    at: datetime
    row: Any


@dataclass(frozen=True)
class ChannelWay:
    """One channel of a patient: the address, what they said last, and whether messages go."""

    channel: str
    address: str
    answer: str
    way: Way

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def answer_label(self) -> str:
        return str(MessageConsent.Answer(self.answer).label)


def keys_of(patient: Patient, what: str = "") -> QuerySet[Any, tuple[str, datetime, int]]:
    """What kind, when and which row, the newest first; what waits for its time stands on top."""
    found = {
        MESSAGE: keyed(OutboxMessage.objects.filter(patient=patient), MESSAGE, Coalesce("sent_at", "due_at")),
        TEXT: keyed(InboundText.objects.filter(senders__patient=patient), TEXT, F("received_at")),
        CONSENT: keyed(MessageConsent.objects.filter(patient=patient), CONSENT, F("recorded_at")),
    }
    chosen = [found[what]] if what in found else list(found.values())
    rows = chosen[0].union(*chosen[1:], all=True) if len(chosen) > 1 else chosen[0]
    return rows.order_by("-at", "what", "-pk")


def keyed(rows: QuerySet[Any], what: str, at: Any) -> QuerySet[Any, tuple[str, datetime, int]]:
    return rows.order_by().annotate(what=Value(what, output_field=CharField()), at=at).values_list("what", "at", "pk")


def lines_of(keys: Iterable[tuple[str, datetime, int]]) -> list[Line]:
    """The rows behind some keys, in their order; one query for each kind, and those of its people."""
    keys = list(keys)
    rows: dict[tuple[str, int], Any] = {}
    for what, found in SOURCES.items():
        pks = [pk for kind, _, pk in keys if kind == what]
        rows |= {(what, row.pk): row for row in (found().filter(pk__in=pks) if pks else ())}
    return [Line(what, at, rows[what, pk]) for what, at, pk in keys]


def messages() -> QuerySet[OutboxMessage]:
    arrived = DeliveryReport.objects.filter(status__in=ARRIVED)
    return OutboxMessage.objects.select_related("session").prefetch_related(Prefetch("reports", queryset=arrived, to_attr="arrivals"))


def texts() -> QuerySet[InboundText]:
    return with_people(InboundText.objects.all())


def consents() -> QuerySet[MessageConsent]:
    return MessageConsent.objects.select_related("recorded_by")


SOURCES = {MESSAGE: messages, TEXT: texts, CONSENT: consents}


def ways_of(patient: Patient) -> list[ChannelWay]:
    """Both channels as they stand: two queries at most, and none for who wants no messages."""
    addresses = {Channel.EMAIL: patient.email, Channel.TEXT: str(patient.phone or "")}
    answers = {Channel.EMAIL: "express" if patient.may_email else "no", Channel.TEXT: patient.text_consent.replace("none", "no")}
    is_asked = set(answers.values()) != {"no"}
    dead = (
        {(row.channel, row.address): row.why for row in Undeliverable.objects.filter(patient=patient, reinstatement__isnull=True)} if is_asked else {}
    )
    has_provider = answers[Channel.TEXT] == "no" or SiteMessaging.objects.filter(site_id=patient.site_id).exclude(provider="").exists()
    return [
        ChannelWay(channel, address, answers[channel], way_of(Standing(
            is_text=channel == Channel.TEXT, is_active=patient.status == Patient.Status.ACTIVE, has_address=bool(address), answer=answers[channel],
            dead=dead.get((channel, address), ""), has_provider=has_provider,
        )))
        for channel, address in addresses.items()
    ]  # fmt: skip


def last_messages(patient: Patient, most: int) -> list[OutboxMessage]:
    """The newest ones of a patient, those that wait first: one query."""
    rows = OutboxMessage.objects.filter(patient=patient).select_related("session")
    return list(rows.annotate(at=Coalesce("sent_at", "due_at")).order_by("-at", "-pk")[:most])
