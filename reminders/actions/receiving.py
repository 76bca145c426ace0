"""A text came in: keep it, stop or start texts at once, raise what a person must read, and answer once (MSG-2, MSG-6)."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from clinic import audit, scope
from clinic.actions.notices import raise_notice
from clinic.models import Site
from clinic.queries import calendar_of, today_at
from patients.actions.drivers import answer_driver, has_stopped
from patients.actions.messaging import answer_texts
from patients.models import Contact, DriverConsent, MessageConsent, Patient
from patients.models.messaging import TextConsent
from reminders.channels.arrivals import Arrival
from reminders.models import InboundText, OutboxMessage, TextSender
from reminders.queries import inbound
from reminders.rules.answers import answer_to
from reminders.rules.kinds import RULES, Kind, Slot
from reminders.rules.replies import Reading, TextKind, read
from reminders.rules.staffed import LOOK_AHEAD, alarm_at

Status, Withdrawal = OutboxMessage.Status, OutboxMessage.Withdrawal
BY_TEXT = MessageConsent.How.TEXT


@transaction.atomic
def receive_text(arrival: Arrival, *, now: datetime) -> list[InboundText]:
    """Keep a text at each site that it is meant for; told again it changes nothing. Empty: no site of ours has that number.

    When this has ended no claim sends the number anything more that it stopped: the sender asks for consent under the patient's lock.
    """
    kept: list[InboundText] = []
    with scope.every():
        sites = inbound.sites_texted(arrival.provider, arrival.to, arrival.number)
    for site in sites:
        with scope.of_site(site.pk):
            text = keep_text(site, arrival, may_answer=not kept and not arrival.is_answered, now=now)
        kept += [text] if text is not None else []
    return kept


def keep_text(site: Site, arrival: Arrival, *, may_answer: bool, now: datetime) -> InboundText | None:
    """One site's text and all that follows from it; None when it was kept before."""
    patients = inbound.patients_of(site, arrival.number)
    drivers = inbound.drivers_of(site, arrival.number)
    is_free = not any(driver.may_text for driver in drivers)
    had_stopped = is_free and inbound.has_stopped(site.pk, arrival.number) and all(one.text_consent == TextConsent.NONE for one in patients)
    reading = read(arrival.body, has_stopped=had_stopped)
    earlier = inbound.answered_lately(site, arrival.number, now)
    text = written(site, arrival, reading, patients, now=now)
    if text is None:
        return None
    if reading.is_opt_out or reading.kind == TextKind.START:
        lock_people(patients, drivers)
    if reading.is_opt_out:
        stop_texts(patients, now=now)
        stop_drivers(drivers, now=now)
    elif reading.kind == TextKind.START:
        start_texts(patients, now=now)
        start_drivers(drivers, now=now)
    if reading.needs_a_person:
        raise_task(text, site, now=now)
    if may_answer and answer_to(reading.kind, had_stopped=had_stopped, earlier=earlier, now=now):
        put_answer(text, site, patients, now=now)
    audit.record(
        action="text.received", target=text, by=None, now=now, site=site, patient_pk=patients[0].pk if patients else None, changes={"kind": text.kind}
    )
    return text


def written(site: Site, arrival: Arrival, reading: Reading, patients: list[Patient], *, now: datetime) -> InboundText | None:
    """The text's row and whose number it is; None for a repeated webhook, also where two come at once."""
    key = {"site": site, "provider": arrival.provider, "provider_id": arrival.provider_id}
    if InboundText.objects.filter(**key).exists():
        return None
    language = patients[0].language if patients else reading.language
    try:
        with transaction.atomic():
            text = InboundText.objects.create(
                **key, number=arrival.number, body=arrival.body, kind=reading.kind, is_opt_out=reading.is_opt_out, language=language, received_at=now
            )
    except IntegrityError:
        return None
    TextSender.objects.bulk_create([TextSender(site=site, text=text, patient=patient) for patient in patients])
    return text


def stop_texts(patients: list[Patient], *, now: datetime) -> None:
    """No more texts to anybody with this number, and none of those that wait (MSG-2)."""
    for patient in patients:
        answer_texts(patient, answer=TextConsent.NONE, how=BY_TEXT, now=now)
    waiting = OutboxMessage.objects.filter(patient__in=patients, channel=OutboxMessage.Channel.TEXT, status=Status.DUE)
    waiting.exclude(kind__in=(Kind.ANSWER, Kind.DRIVER)).update(
        status=Status.WITHDRAWN, withdrawal=Withdrawal.CHANGED, why="The patient asked for no more texts."
    )


def lock_people(patients: list[Patient], drivers: list[Contact]) -> None:
    """Everybody whom a word about texts touches, in order of keys: two texts at once wait for each other."""
    keys = {patient.pk for patient in patients} | {driver.patient_id for driver in drivers}
    list(Patient.objects.select_for_update().filter(pk__in=keys).order_by("pk").only("pk"))


def stop_drivers(drivers: list[Contact], *, now: datetime) -> None:
    """No text to anybody who brings a patient home with this number, and none of those that wait (MSG-2)."""
    for driver in drivers:
        answer_driver(driver, has_agreed=False, how=DriverConsent.How.TEXT, now=now)
    waiting = OutboxMessage.objects.filter(kind=Kind.DRIVER, contact_pk__in=[driver.pk for driver in drivers], status=Status.DUE)
    waiting.update(status=Status.WITHDRAWN, withdrawal=Withdrawal.CHANGED, why="The driver asked for no more texts.")


def start_drivers(drivers: list[Contact], *, now: datetime) -> None:
    """Who ended it by text takes it up again by text; who never agreed hasn't now."""
    for driver in drivers:
        if has_stopped(driver):
            answer_driver(driver, has_agreed=True, how=DriverConsent.How.TEXT, now=now)


def start_texts(patients: list[Patient], *, now: datetime) -> None:
    """Back to what stood before STOP; who never agreed to anything has given the number, no more (MSG-1).

    Of several who share a number only those who stopped by text: START of one is no word of another.
    """
    consents = inbound.newest_consents(patients)
    for patient in patients:
        rows = consents[patient.pk]
        has_stopped = bool(rows) and rows[0].answer == MessageConsent.Answer.NO and rows[0].how == BY_TEXT
        if patient.text_consent == TextConsent.NONE and (has_stopped or len(patients) == 1):
            before = next((row.answer for row in rows if row.answer != MessageConsent.Answer.NO), TextConsent.GIVEN)
            answer_texts(patient, answer=before, how=BY_TEXT, now=now)


def raise_task(text: InboundText, site: Site, *, now: datetime) -> None:
    """A task for the desk; loud to clinicians at once, or when nobody has read it for fifteen staffed minutes (MSG-6)."""
    if text.kind == TextKind.CRISIS:
        raise_notice(site, inbound.TEXT_CRISIS, "MSG-6", text, "A text with words of a crisis came in.", now, due_at=now)
        return
    day = today_at(site, now)
    due_at = alarm_at(calendar_of(site, day, day + LOOK_AHEAD + timedelta(days=1)), now)
    raise_notice(site, inbound.TEXT_WAITING, "MSG-6", text, "A text waits for somebody to read it.", now, due_at=due_at)


def put_answer(text: InboundText, site: Site, patients: list[Patient], *, now: datetime) -> None:
    """One row of the outbox for one text: the unique key makes a second one impossible."""
    window = RULES[Kind.ANSWER].window(Slot(now, now, now, site.zone))
    OutboxMessage.objects.create(
        site=site, patient=patients[0] if patients else None, subject_kind=OutboxMessage.Subject.TEXT, subject_pk=text.pk, kind=Kind.ANSWER,
        schedule_version=1, channel=OutboxMessage.Channel.TEXT, due_at=window.due_at, useless_at=window.useless_at, created_at=now,
    )  # fmt: skip
