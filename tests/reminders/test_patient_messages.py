"""The chart's messages: everything sent and received with its state, what was agreed to, what stands in the way; pages of a constant price."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from clinic.models import AuditEntry
from patients.actions.patient import edit_patient
from patients.models import MessageConsent, Patient
from reminders.models import DeliveryReport, InboundText, OutboxMessage, SiteMessaging, TextSender, Undeliverable
from reminders.rules.ways import MEND, Standing, Way, way_of
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state


def message_of(visit: TreatmentSession, number: int = 1, **fields: object) -> OutboxMessage:
    at = NOW - timedelta(hours=number)
    told = {"kind": "day_before", "channel": "email", "status": "sent", "sent_at": at, "due_at": at, "useless_at": at, **fields}
    return OutboxMessage.objects.create(
        site=visit.site,
        patient=visit.patient,
        session=visit,
        subject_pk=visit.pk,
        schedule_version=number,
        slot_at=visit.starts_at,
        created_at=at,
        **told,
    )


def text_of(patient: Patient, number: int = 1, **fields: object) -> InboundText:
    said = {"kind": "unknown", "body": "I am late", "language": "en", "number": str(patient.phone), **fields}
    text = InboundText.objects.create(
        site=patient.site, provider="http", provider_id=f"t{patient.pk}-{number}", received_at=NOW - timedelta(minutes=number), **said
    )
    TextSender.objects.create(site=patient.site, text=text, patient=patient)
    return text


@pytest.fixture
def visit(cast: Cast) -> TreatmentSession:
    return at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))


def path_of(visit: TreatmentSession) -> str:
    return f"/riverside/patients/{visit.patient_id}/messages/"


def words_of(page: str) -> str:
    return " ".join(page.split())


def test_the_chart_tells_everything_with_its_state(visit: TreatmentSession, cast: Cast, sign_in: Callable[..., Client]) -> None:
    arrived = message_of(visit)
    DeliveryReport.objects.create(site=visit.site, message=arrived, round=1, status="delivered", reported_at=NOW)
    message_of(visit, 2, status="withdrawn", sent_at=None, withdrawal="budget", why="The limit of 4 texts in seven days was reached.", channel="text")
    message_of(visit, 3, status="failed", sent_at=None, why="The mail server refused it for good (550).")
    other = at_state(Status.BOOKED, cast, chair=cast.chairs[1], starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))
    text_of(other.patient, body="Somebody else’s words")
    text_of(visit.patient)
    edit_patient(visit.patient, fields={**fields_of(visit.patient), "may_email": False}, by=cast.desk, now=NOW)
    desk = sign_in(cast.desk)
    page = words_of(desk.get(path_of(visit)).content.decode())
    for said in (
        "It arrived, says its provider", "The limit of 4 texts", "refused it for good", "I am late", "Take it", "E-mail: No messages",
        "written by Dana Desk", "Decide what to do", "Asked for no messages",
    ):  # fmt: skip
        assert said in page, said
    assert "Somebody else" not in page
    shown = desk.get(f"{path_of(visit)}?show=consent").context["lines"]
    assert {line.what for line in shown} == {"consent"}
    assert desk.get(f"{path_of(visit)}?show=junk%00&page=junk").status_code == 200
    chart = words_of(desk.get(f"/riverside/patients/{visit.patient_id}/").content.decode())
    assert "Everything sent and received" in chart
    assert "Reminder, one day before" in chart


def fields_of(patient: Patient) -> dict[str, object]:
    names = ("mrn", "first_name", "last_name", "birth_on", "sex", "phone", "email", "text_consent")
    return {name: getattr(patient, name) for name in names}


def test_a_dead_number_says_what_to_do(visit: TreatmentSession, cast: Cast, sign_in: Callable[..., Client]) -> None:
    Patient.objects.filter(pk=visit.patient_id).update(text_consent="express")
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+15185550199", changed_at=NOW, changed_by=cast.admin)
    message = message_of(visit, channel="text", status="failed", sent_at=None, why="x")
    visit.patient.refresh_from_db()
    Undeliverable.objects.create(
        site=visit.site,
        patient=visit.patient,
        channel="text",
        address=str(visit.patient.phone),
        message=message,
        reported_at=NOW,
        why="It is a landline.",
    )
    page = words_of(sign_in(cast.desk).get(path_of(visit)).content.decode())
    assert f"Nothing reaches this number: It is a landline. {MEND}" in page
    assert "Change it" in page
    assert "Change it" not in words_of(sign_in(cast.auditor).get(path_of(visit)).content.decode())


def test_a_long_story_costs_what_a_short_one_costs(
    visit: TreatmentSession, cast: Cast, sign_in: Callable[..., Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    desk = sign_in(cast.desk)
    desk.get(path_of(visit))
    for start in (1, 31):
        for number in range(start, start + 30):
            message_of(visit, number)
            text_of(visit.patient, number)
        with django_assert_max_num_queries(16):
            response = desk.get(path_of(visit))
    assert len(response.context["lines"]) == 40
    assert response.context["page"].paginator.count == 120 + MessageConsent.objects.count()


def test_doors(visit: TreatmentSession, cast: Cast, sign_in: Callable[..., Client], client: Client) -> None:
    assert client.get(path_of(visit)).status_code == 302
    assert sign_in(cast.stranger).get(path_of(visit)).status_code == 404
    assert sign_in(cast.auditor).get(path_of(visit)).status_code == 200
    assert AuditEntry.objects.filter(action="record.read", patient_pk=visit.patient_id).count() == 1


GOOD = {"is_text": True, "is_active": True, "has_address": True, "answer": "express"}


@pytest.mark.parametrize(
    ("change", "why", "is_wrong"),
    [
        ({}, "", False),
        ({"answer": "given"}, "", False),
        ({"answer": "no", "is_active": False}, "Asked for no texts, or hasn’t been asked yet.", False),
        ({"answer": "no", "is_text": False}, "Asked for no messages, or hasn’t been asked yet.", False),
        ({"is_active": False, "dead": "x"}, "No messages go out while the patient isn’t active.", False),
        ({"has_address": False}, "The chart has no number.", True),
        ({"has_address": False, "is_text": False}, "The chart has no address.", True),
        ({"dead": "x"}, "Nothing reaches this number: x", True),
        ({"dead": "x", "is_text": False, "has_provider": False}, "Nothing reaches this address: x", True),
        ({"has_provider": False}, "This site sends no texts yet.", False),
        ({"has_provider": False, "is_text": False}, "", False),
    ],
)
def test_what_stands_in_the_way(change: dict[str, object], why: str, is_wrong: bool) -> None:
    found = way_of(Standing(**{**GOOD, **change}))  # type: ignore[arg-type]
    assert (found.why, found.is_wrong) == (why, is_wrong)
    assert bool(found.mend) == is_wrong
    assert (found == Way()) == (not why)
