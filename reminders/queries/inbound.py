"""What patients texted: whose number it was, what waits for a person, what the chart shows."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from clinic.marks import reached_at
from clinic.models import Notice, Site
from clinic.queries import open_notices
from patients.models import Contact, MessageConsent, Patient
from reminders.models import InboundText, OutboxMessage, SiteMessaging
from reminders.rules.answers import PAUSE, Answered
from reminders.rules.kinds import Kind
from reminders.rules.replies import TextKind

# Tasks about texts: words of a crisis are loud at once, others from their due time on (MSG-6).
TEXT_CRISIS, TEXT_WAITING = "text_crisis", "text_waiting"
KINDS = (TEXT_CRISIS, TEXT_WAITING)


def sites_texted(provider: str, to: str, number: str) -> list[Site]:
    """The sites that a text is meant for: those with the number it was sent to where a patient has the sender's, else the first of them.

    A number that no site has any more: wherever a patient has the sender's, so that no STOP is lost (MSG-2).
    """
    rows = SiteMessaging.objects.filter(provider=provider, site__is_archived=False).select_related("site").order_by("site_id")
    all_sites = {row.site: digits(row.sender) for row in rows}
    texted = [site for site, sender in all_sites.items() if sender == digits(to)]
    meant = texted or list(all_sites)
    known = {
        site_pk
        for people in (Patient, Contact)
        for site_pk in people.objects.filter(reached_at(people, "phone", number), site__in=meant).values_list("site_id", flat=True)
    }
    return [site for site in texted or all_sites if site.pk in known] or texted[:1]


def digits(number: str) -> str:
    return "".join(letter for letter in number if letter.isdigit())


def patients_of(site: Site, number: str) -> list[Patient]:
    """Who has the number in their chart."""
    return list(Patient.objects.filter(reached_at(Patient, "phone", number), site=site).order_by("pk"))


def drivers_of(site: Site, number: str) -> list[Contact]:
    """Whose number it is among the people who bring patients home, active or not."""
    return list(Contact.objects.filter(reached_at(Contact, "phone", number), site=site).select_related("patient").order_by("patient_id", "pk"))


def has_stopped(site_pk: int, number: str) -> bool:
    """Whether the last thing that this number said about texts is that it wants none (MSG-2): a patient's number, a driver's or nobody's."""
    said = InboundText.objects.filter(reached_at(InboundText, "number", number), site_id=site_pk)
    last = (said.filter(is_opt_out=True) | said.filter(kind=TextKind.START)).order_by("-received_at", "-pk").first()
    return last is not None and last.is_opt_out


def newest_consents(patients: Collection[Patient]) -> dict[int, list[MessageConsent]]:
    """What each patient has said about texts, the newest first."""
    found: dict[int, list[MessageConsent]] = {patient.pk: [] for patient in patients}
    for row in MessageConsent.objects.filter(patient__in=patients, channel=MessageConsent.Channel.TEXT).order_by("-recorded_at", "-pk"):
        found[row.patient_id].append(row)
    return found


def answered_lately(site: Site, number: str, now: datetime) -> list[Answered]:
    """The answers of the last minutes to a number."""
    texts = dict(
        InboundText.objects.filter(reached_at(InboundText, "number", number), site=site, received_at__gt=now - PAUSE).values_list("pk", "kind")
    )
    rows = OutboxMessage.objects.filter(subject_kind=OutboxMessage.Subject.TEXT, kind=Kind.ANSWER, subject_pk__in=list(texts))
    return [Answered(TextKind(texts[pk]), at) for pk, at in rows.values_list("subject_pk", "created_at")]


def open_tasks(site: Site | int) -> QuerySet[Notice]:
    return open_notices(site).filter(kind__in=KINDS)


def open_texts(site: Site) -> list[InboundText]:
    """Texts that wait for a person, the most pressing first; each knows its task."""
    tasks = {task.target_pk: task for task in open_tasks(site)}
    texts = list(with_people(InboundText.objects.filter(site=site, pk__in=list(tasks))))
    for text in texts:
        text.task = tasks[text.pk]  # type: ignore[attr-defined]
    return sorted(texts, key=lambda text: (text.kind != TextKind.CRISIS, text.received_at, text.pk))


def with_people(texts: QuerySet[InboundText]) -> QuerySet[InboundText]:
    return texts.select_related("handling__handled_by").prefetch_related("senders__patient")


def settled_texts(site: Site) -> QuerySet[InboundText]:
    """What needs nobody (any more), the newest first."""
    waiting = open_tasks(site).order_by().values("target_pk")
    return with_people(InboundText.objects.filter(site=site).exclude(pk__in=waiting)).order_by("-received_at", "-pk")


def same_number(text: InboundText) -> QuerySet[InboundText]:
    """What came from the number of a text, the newest first."""
    return with_people(InboundText.objects.filter(reached_at(InboundText, "number", text.number), site_id=text.site_id)).order_by(
        "-received_at", "-pk"
    )


def inbound_of(patient: Patient) -> QuerySet[InboundText]:
    """What a patient texted, for the chart: two queries, the newest first."""
    return (
        InboundText.objects.filter(site_id=patient.site_id, senders__patient=patient)
        .select_related("handling__handled_by")
        .order_by("-received_at", "-pk")
    )
