"""E-mail as others read it: the standard library's parser and icalendar find no defect; the same event is updated and cancelled."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from patients.models import Patient
from reminders.actions.send import send_due
from reminders.actions.sweep import sweep
from reminders.models import OutboxMessage, Wording
from sessions.actions.booking import cancel
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state

TOMORROW = NOW + timedelta(hours=25)


@pytest.fixture
def visit(cast: Cast) -> TreatmentSession:
    return at_state(Status.BOOKED, cast, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3), slot_set_at=NOW - timedelta(days=9))


def sent() -> EmailMessage:
    """The last mail as it went over the wire, read anew."""
    send_due(now=NOW)
    parsed = message_from_bytes(mail.outbox[-1].message().as_bytes(linesep="\r\n"), policy=policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def event_of(parsed: EmailMessage) -> tuple[str, Any]:
    (part,) = [part for part in parsed.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert (calendar.errors, event.errors) == ([], [])
    assert part.get_param("method") == calendar["METHOD"]
    assert part.get_filename() == "visit.ics"
    return str(calendar["METHOD"]), event


def test_a_reminder_has_no_defect_in_any_part(visit: TreatmentSession) -> None:
    sweep(now=NOW)
    parsed = sent()
    assert [part.defects for part in parsed.walk() if part.defects] == []
    assert parsed["Subject"] == "Your visit tomorrow"
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert visit.site.public_name in plain.get_content()
    assert 'href="http' in html.get_content()
    assert "{" not in html.get_content()
    method, event = event_of(parsed)
    assert (method, event["UID"], event["SEQUENCE"], event["STATUS"]) == ("REQUEST", str(visit.uid), visit.schedule_version, "CONFIRMED")
    assert (event.start, event.end) == (visit.starts_at, visit.ends_at)
    assert event["SUMMARY"] == visit.site.public_name
    assert event["ATTENDEE"] == f"mailto:{visit.patient.email}"


def test_a_cancelled_visit_leaves_the_calendar_under_the_same_name(visit: TreatmentSession, cast: Cast) -> None:
    sweep(now=NOW)
    _, before = event_of(sent())
    cancel(visit, reason="Asked for it", by=cast.desk, now=NOW)
    sweep(now=NOW)
    method, event = event_of(sent())
    assert (method, event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert event["SEQUENCE"] > before["SEQUENCE"]


def test_a_telling_name_stops_every_message_for_a_person(visit: TreatmentSession) -> None:
    visit.site.public_name = "Ketamine Center"
    visit.site.save(update_fields=["public_name"])
    sweep(now=NOW)
    assert send_due(now=NOW) == {"failed": 1}
    assert mail.outbox == []
    failed = OutboxMessage.objects.get(kind="day_before")
    assert failed.why.startswith("MSG-4: “ketamin")


def test_the_sites_own_words_are_sent_from_their_moment_on(visit: TreatmentSession, cast: Cast) -> None:
    common = {"site": visit.site, "kind": "day_before", "language": "en", "recorded_at": NOW, "recorded_by": cast.admin}
    Wording.objects.create(version=1, effective_at=NOW, subject="See you", body="A <b> & {place}\n\n{link}", text="-", **common)
    Wording.objects.create(version=2, effective_at=NOW + timedelta(days=1), subject="Later", body="-", text="-", **common)
    sweep(now=NOW)
    parsed = sent()
    assert parsed["Subject"] == "See you"
    html = parsed.get_body(("html",))
    assert html is not None
    assert "A &lt;b&gt; &amp; " in html.get_content()


def test_spanish_is_said_in_spanish(visit: TreatmentSession) -> None:
    Patient.objects.filter(pk=visit.patient_id).update(language="es")
    sweep(now=NOW)
    assert sent()["Subject"] == "Su visita de mañana"
