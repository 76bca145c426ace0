"""The driver is told once when the patient is ready, by the real clock, and only who agreed; what changes afterwards is the desk's to tell."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from clinic.models import AuditEntry, Notice
from patients.actions.drivers import answer_driver
from patients.actions.patient import save_contact
from patients.models import Contact, DriverConsent, Patient
from reminders.actions.returns import report_delivery
from reminders.actions.send import claim, send_due
from reminders.actions.sweep import sweep
from reminders.models import OutboxMessage, SiteMessaging, Undeliverable
from reminders.queries.balance import balance_of
from reminders.queries.sending import counting_texts
from reminders.rules.driver import has_changed, told_time
from reminders.rules.returns import Report
from reminders.rules.templates import dialled
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.sessions import at_state
from tests.support.texting import Phones, running_phones, text_in

DRIVER = "+15185550177"


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@pytest.fixture
def phones(settings: LazySettings) -> Iterator[Phones]:
    with running_phones() as running:
        settings.VIGIL_TEXT_URL, settings.VIGIL_TEXT_TOKEN = running.url, "test-token"
        yield running


@pytest.fixture
def visit(cast: Cast, still_clock: Any) -> TreatmentSession:
    """Dosed 80 and 75 minutes ago: ready at 45 minutes from now, so that the driver's time has just come."""
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+1 518 555 0199", changed_at=NOW, changed_by=cast.admin)
    made = at_state(Status.MONITORING, cast, first_device_at=NOW - minutes(80))
    Patient.objects.filter(pk=made.patient_id).update(text_consent="none", may_email=False)
    driver = Contact.objects.create(site=made.site, patient=made.patient, kind="escort", name="Ana Ruiz", phone=DRIVER)
    answer_driver(driver, has_agreed=True, how="chart", by=cast.desk, now=NOW - minutes(90))
    TreatmentSession.objects.filter(pk=made.pk).update(escort=driver, way_home="driver")
    made.refresh_from_db()
    return made


def row() -> OutboxMessage:
    return OutboxMessage.objects.get(kind="driver")


def run(now: datetime = NOW) -> None:
    sweep(now=now)
    send_due(now=now)


def watch_for(cast: Cast, length: int) -> None:
    """The clock moves: the site's minimum is another."""
    cast.riverside.policies.update(minimum_watch_minutes=length)


@pytest.mark.parametrize(
    ("ready", "now", "told"), [((15, 7), (14, 20), (15, 10)), ((15, 10), (14, 25), (15, 10)), ((15, 7), (15, 21), (15, 25)), ((23, 58), (23, 20), (0, 0))]
)  # fmt: skip
def test_the_time_that_is_told(ready: tuple[int, int], now: tuple[int, int], told: tuple[int, int]) -> None:
    ready_at, at = datetime(2026, 6, 10, *ready, tzinfo=UTC), datetime(2026, 6, 10, *now, tzinfo=UTC)
    found = told_time(ready_at=ready_at, now=at)
    assert (found.hour, found.minute) == told
    assert not has_changed(told_at=found, sent_at=at, ready_at=ready_at)
    assert has_changed(told_at=found, sent_at=at, ready_at=found + minutes(30))


def test_one_neutral_text_by_the_real_clock(visit: TreatmentSession, phones: Phones) -> None:
    run(NOW - minutes(1))
    assert not OutboxMessage.objects.exists()
    for _ in range(3):
        run()
    (text,) = phones.delivered
    assert text["to"] == DRIVER
    assert (
        text["body"]
        == f"{visit.site.public_name}: Ready about 10:45 AM. Please come then. Questions? Tel {dialled(visit.site.phone)}. STOP ends texts."
    )
    assert (row().status, row().slot_at, row().contact_pk) == ("sent", NOW + minutes(45), visit.escort_id)
    assert not Notice.objects.exists()
    # No part of the patient's own week, and nothing that the balance misses.
    assert not counting_texts(NOW).exists()
    assert balance_of(visit.site, NOW + minutes(30)).is_even


def test_it_follows_the_clock_until_it_goes_and_never_after(visit: TreatmentSession, phones: Phones, cast: Cast) -> None:
    sweep(now=NOW)
    watch_for(cast, 150)
    send_due(now=NOW)
    assert (row().status, row().due_at) == ("due", NOW + minutes(30))
    run(NOW + minutes(30))
    assert "11:15 AM" in phones.delivered[0]["body"]
    watch_for(cast, 180)
    run(NOW + minutes(40))
    assert len(phones.delivered) == 1
    notice = Notice.objects.get()
    assert (notice.kind, notice.target_pk, notice.resolved_at) == ("driver_told", visit.pk, None)
    assert notice.text == "The driver was told 11:15; now it is 11:45. No second text goes out: call them."
    client = Client()
    client.force_login(cast.desk)
    assert "now it is 11:45" in client.get("/riverside/").content.decode()
    watch_for(cast, 150)
    run(NOW + minutes(41))
    notice.refresh_from_db()
    assert notice.resolved_at == NOW + minutes(41)


CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("contact", {"may_text": False}), ("contact", {"is_active": False}), ("contact", {"phone": ""}), ("patient", {"status": "paused", "status_reason": "Away"}),
    ("visit", {"escort": None}), ("visit", {"way_home": "ride"}), ("visit", {"status": "left", "left_at": NOW, "status_reason": "Went"}),
    ("visit", {"status": "held", "held_at": NOW, "status_reason": "Ill"}), ("site", {"provider": ""}),
)  # fmt: skip


def test_what_is_no_longer_so_is_not_told_and_comes_back_with_its_reason(visit: TreatmentSession, phones: Phones) -> None:
    sweep(now=NOW)
    rows: Any = {
        "contact": Contact.objects.filter(pk=visit.escort_id), "patient": Patient.objects.filter(pk=visit.patient_id),
        "visit": TreatmentSession.objects.filter(pk=visit.pk), "site": SiteMessaging.objects.all(),
    }  # fmt: skip
    for whose, told in CHANGES:
        was = rows[whose].get()
        change(rows[whose], **told)
        assert row().status == "due"
        send_due(now=NOW)
        assert (row().status, row().withdrawal, phones.delivered) == ("withdrawn", "changed", []), told
        sweep(now=NOW)
        assert row().status == "withdrawn", told
        change(rows[whose], **{name: getattr(was, name) for name in told})
        sweep(now=NOW)
    run()
    assert (row().status, len(phones.delivered)) == ("sent", 1)


def test_another_driver_is_told_only_if_nobody_was(visit: TreatmentSession, phones: Phones, cast: Cast) -> None:
    other = save_contact(
        visit.patient, contact=None, fields={"kind": "escort", "name": "Bo", "phone": "+15185550178", "may_text": True}, by=cast.desk, now=NOW
    )
    first = visit.escort_id
    sweep(now=NOW)
    TreatmentSession.objects.filter(pk=visit.pk).update(escort=other)
    for _ in range(2):
        run()
    assert [text["to"] for text in phones.delivered] == ["+15185550178"]
    TreatmentSession.objects.filter(pk=visit.pk).update(escort=first)
    for later in (1, 2):
        run(NOW + minutes(later))
    assert len(phones.delivered) == 1
    assert Notice.objects.get().text == "The driver who was told 10:45 is no longer the way home: call them."


def test_a_driver_who_was_told_is_called_where_the_patient_went_before(visit: TreatmentSession, phones: Phones) -> None:
    """Told 10:45, and nobody hands the patient over: the desk keeps the note until the driver waits no more."""
    run()
    here = TreatmentSession.objects.filter(pk=visit.pk)
    for status, words in (("left", "the patient has left already"), ("transferred", "the patient was taken to emergency care")):
        change(here, status=status, status_reason="Went", **{f"{status}_at": NOW + minutes(5)})
        run(NOW + minutes(5))
        assert Notice.objects.get(resolved_at__isnull=True).text == f"The driver was told 10:45, but {words}: call them."
    run(NOW + minutes(106))
    assert not Notice.objects.filter(resolved_at__isnull=True).exists()
    assert len(phones.delivered) == 1


@pytest.mark.parametrize("mood", ["drop", "500"])
def test_an_unclear_send_is_repeated_under_one_key_with_one_time(visit: TreatmentSession, phones: Phones, cast: Cast, mood: str) -> None:
    sweep(now=NOW)
    phones.mood = mood
    send_due(now=NOW)
    watch_for(cast, 124)
    phones.mood = ""
    for later in range(1, 30, 3):
        run(NOW + minutes(later))
    (text,) = phones.delivered
    assert "10:45 AM" in text["body"]
    assert len(set(phones.requests)) == 1
    assert row().status == "sent"


def test_a_lost_worker_is_taken_over_and_two_have_the_effect_of_one(visit: TreatmentSession, phones: Phones) -> None:
    sweep(now=NOW)
    assert len(claim(now=NOW)) == 1
    assert claim(now=NOW) == []
    for later in (1, 4, 5):
        run(NOW + minutes(later))
    assert len(phones.delivered) == 1
    assert OutboxMessage.objects.count() == 1


def test_stop_from_the_drivers_number_ends_it_at_once_and_start_takes_it_up(visit: TreatmentSession, phones: Phones, client: Client) -> None:
    sweep(now=NOW)
    assert text_in(client, id="m1", body="Stop", at=NOW, number=DRIVER).status_code == 204
    assert (row().status, row().why) == ("withdrawn", "The driver asked for no more texts.")
    run()
    assert [text["to"] for text in phones.delivered] == [DRIVER]
    assert "no more texts" in phones.delivered[0]["body"]
    newest = DriverConsent.objects.first()
    assert newest is not None
    assert (newest.has_agreed, newest.how, newest.recorded_via) == (False, "text", "link")
    visit.patient.refresh_from_db()
    assert visit.patient.text_consent == "none"
    text_in(client, id="m2", body="START", at=NOW, number=DRIVER)
    assert Contact.objects.get(pk=visit.escort_id).may_text
    assert list(AuditEntry.objects.filter(action="contact.texts_answered").values_list("actor", flat=True))[:2] == [None, None]
    run(NOW + minutes(12))
    assert "Ready about" in phones.delivered[-1]["body"]


def test_a_dead_number_is_the_drivers_and_not_the_patients(visit: TreatmentSession, phones: Phones) -> None:
    run()
    report_delivery(row().key, Report("failed", code="30005", is_for_good=True), now=NOW, provider="http")
    assert Undeliverable.objects.get().address == DRIVER
    assert row().status == "failed"
    run(NOW + minutes(1))
    assert len(phones.delivered) == 1


def test_another_number_needs_another_yes(visit: TreatmentSession, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.desk)
    contact = Contact.objects.get(pk=visit.escort_id)
    page = f"/riverside/contacts/{contact.pk}/"
    assert client.post(page, {"kind": "escort", "name": "Ana", "phone": "", "may_text": "on", "is_active": "on"}).status_code == 422
    assert client.post(page, {"kind": "escort", "name": "Ana", "phone": "518 555 0180", "may_text": "on", "is_active": "on"}).status_code == 303
    contact.refresh_from_db()
    assert not contact.may_text
    assert client.post(page, {"kind": "escort", "name": "Ana", "phone": "518 555 0180", "may_text": "on", "is_active": "on"}).status_code == 303
    told = list(DriverConsent.objects.order_by("pk").values_list("has_agreed", "how", "recorded_by"))
    assert told == [(True, "chart", cast.desk.pk), (False, "number", cast.desk.pk), (True, "chart", cast.desk.pk)]
