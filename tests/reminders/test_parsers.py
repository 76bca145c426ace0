"""Parsers of others accept what we send: every kind in both languages on both channels, with a name and an address that try them."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise

import pytest
import vobject
from icalendar import Calendar

from clinic.models import Site
from patients.models import Patient
from reminders.channels.mail import MailChannel
from reminders.channels.outcomes import Text
from reminders.models import OutboxMessage
from reminders.rules.kinds import WORDED, Kind
from reminders.rules.linter import LONGEST_TEXT, septets
from reminders.wording import METHODS, render
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state

ADDRESS = "12½ Río Grande; Suite 4, “Élan” Bldg\\2, Peñasco, NM 87553, behind the very long colonnade of Saint-Étienne-du-Rouvray"
TOMORROW = NOW + timedelta(hours=25)


@pytest.fixture
def visit(cast: Cast) -> TreatmentSession:
    Site.objects.filter(pk=cast.riverside.pk).update(public_name="Peñasco & Río Health", address=ADDRESS)
    made = at_state(Status.BOOKED, cast, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=3))
    later = TOMORROW + timedelta(days=3)
    at_state(Status.BOOKED, cast, patient=made.patient, course=made.course, starts_at=later, ends_at=later + timedelta(hours=3))
    return TreatmentSession.objects.select_related("site", "patient").get(pk=made.pk)


def message_of(visit: TreatmentSession, kind: Kind, channel: str) -> OutboxMessage:
    subject = {"subject_kind": "course", "subject_pk": visit.course_id} if kind == Kind.SUMMARY else {"subject_pk": visit.pk}
    return OutboxMessage(site=visit.site, patient=visit.patient, session=visit, kind=kind, channel=channel, schedule_version=1, **subject)


def mail_of(visit: TreatmentSession, text: Text) -> EmailMessage:
    """As it goes over the wire, read anew by the standard library."""
    sent = MailChannel().mail_of(visit.patient.email, text, "a" * 32 + "-1").message().as_bytes(linesep="\r\n")
    assert max(len(line) for line in sent.split(b"\r\n")) <= 998
    parsed = message_from_bytes(sent, policy=policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    for part in parsed.walk():
        assert part.defects == []
        assert [value.defects for value in part.values() if value.defects] == []
    return parsed


def events_of(parsed: EmailMessage) -> list[tuple[str, str, int]]:
    """Method, name and number of each calendar file; icalendar and vobject read the same."""
    found = []
    for part in parsed.walk():
        if part.get_content_type() != "text/calendar":
            continue
        content = part.get_content().replace("\r\n", "\n").replace("\n", "\r\n")
        assert max(len(line.encode()) for line in content.split("\r\n")) <= 75
        calendar, theirs = Calendar.from_ical(content), vobject.readOne(content)
        (event,) = calendar.walk("VEVENT")
        assert (calendar.errors, event.errors) == ([], [])
        assert theirs.validate(raiseException=True)
        assert str(event["LOCATION"]) == theirs.vevent.location.value == ADDRESS
        assert str(event["SUMMARY"]) == theirs.vevent.summary.value == "Peñasco & Río Health"
        assert (theirs.vevent.uid.value, int(theirs.vevent.sequence.value)) == (str(event["UID"]), event["SEQUENCE"])
        assert theirs.vevent.dtstart.value == event.start
        found.append((str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"])))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_in_a_language_is_read_without_a_defect(visit: TreatmentSession, language: str) -> None:
    Patient.objects.filter(pk=visit.patient_id).update(language=language)
    visit.patient.refresh_from_db()
    for kind in WORDED:
        text = render(message_of(visit, kind, "text"), now=NOW)
        assert (text.wrong, text.events) == ("", ()), kind
        assert septets(text.body) <= LONGEST_TEXT, kind
        assert "{" not in text.body, kind
        letter = render(message_of(visit, kind, "email"), now=NOW)
        assert letter.wrong == "", kind
        parsed = mail_of(visit, letter)
        plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert visit.site.public_name in plain.get_content()
        assert f'<html lang="{language}">' in html.get_content()
        assert (parsed["To"], parsed["Content-Language"], parsed["Auto-Submitted"]) == (visit.patient.email, language, "auto-generated")
        methods = [method for method, _, _ in events_of(parsed)]
        assert methods == (["REQUEST", "REQUEST"] if kind == Kind.SUMMARY else [METHODS[kind]] if kind in METHODS else []), kind


@pytest.mark.django_db
def test_a_visit_keeps_its_name_and_its_number_rises(visit: TreatmentSession) -> None:
    """Booked, moved, moved back, cancelled: a calendar takes each as the newer word about the same event (RFC 5546)."""
    told = []
    for kind, hours, cancelled_at in ((Kind.BOOKED, 0, None), (Kind.MOVED, 2, None), (Kind.MOVED, -2, None), (Kind.CANCELLED, 0, NOW)):
        visit.starts_at, visit.ends_at = visit.starts_at + timedelta(hours=hours), visit.ends_at + timedelta(hours=hours)
        visit.cancelled_at, visit.schedule_version = cancelled_at, visit.schedule_version + 1
        told += events_of(mail_of(visit, render(message_of(visit, kind, "email"), now=NOW)))
    assert [method for method, _, _ in told] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert len({uid for _, uid, _ in told}) == 1
    assert all(later > earlier for (_, _, earlier), (_, _, later) in pairwise(told))
