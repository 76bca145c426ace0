"""The dry run says what then happens: played through with the real sweep and sender, and by tables for the rule."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patients.models import Patient
from reminders.actions.send import send_due
from reminders.actions.sweep import sweep
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries.week import week_of
from reminders.rules.governor import Budget
from reminders.rules.kinds import Kind
from reminders.rules.moments import LAWFUL, Hours
from reminders.rules.week import LATE, Patience, Planned, mail_end, text_ends
from sessions.models import TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import at_state
from tests.support.texting import running_phones

PATH = "/riverside/messages/week/"
ZONE = ZoneInfo("UTC")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def allowed(per_day: int | None = None, per_week: int = 4) -> Patience:
    return Patience(ZONE, LAWFUL, Budget(per_day, per_week))


def planned(*hours: int, useless: int = 200) -> list[Planned]:
    return [Planned(Kind.DAY_BEFORE, NOON + timedelta(hours=hour), NOON + timedelta(hours=useless)) for hour in hours]


def test_a_mail_waits_for_the_morning_or_is_too_late() -> None:
    night = planned(10)[0]
    assert mail_end(night, allowed=allowed()).at == NOON + timedelta(hours=20)
    assert mail_end(planned(10, useless=12)[0], allowed=allowed()).why == LATE


@pytest.mark.parametrize(
    ("hours", "useless", "per_day", "per_week", "why", "at"),
    [
        ((0, 1), 200, None, 4, ["", ""], [0, 1]),
        ((0, 1), 200, None, 1, ["", "The limit of 1"], [0, 1]),
        ((0, 1), 200, 1, 4, ["", ""], [0, 20]),
        ((0, 1), 19, 1, 4, ["", "One text a day"], [0, 1]),
        ((0, 10), 12, None, 4, ["", LATE], [0, 20]),
    ],
)
def test_texts_are_played_through(hours: tuple[int, ...], useless: int, per_day: int | None, per_week: int, why: list[str], at: list[int]) -> None:
    ends = text_ends(planned(*hours, useless=useless), allowed=allowed(per_day, per_week), sent_at=[], reminders=[])
    assert [end.why[: len(words)] for end, words in zip(ends, why, strict=True)] == why
    assert [not words or end.why != "" for end, words in zip(ends, why, strict=True)] == [True] * len(why)
    assert [end.at for end in ends] == [NOON + timedelta(hours=hour) for hour in at]


def test_put_off_beyond_narrow_hours_it_is_too_late() -> None:
    late = Patience(ZONE, Hours(time(11), time(21)), Budget(1, 4))
    first, second = text_ends(planned(0, 1, useless=22), allowed=late, sent_at=[], reminders=[])
    assert (first.why, second.why) == ("", LATE)


def test_a_text_yields_to_reminders_to_come() -> None:
    coming = [(Kind.DAY_BEFORE, NOON + timedelta(days=day)) for day in (1, 2)]
    (end,) = text_ends([Planned(Kind.AFTER, NOON, NOON + timedelta(days=2))], allowed=allowed(per_week=2), sent_at=[], reminders=coming)
    assert "matter more" in end.why


@pytest.fixture
def visits(cast: Cast) -> list[TreatmentSession]:
    """One patient twice in the week, who agreed to e-mails and expressly to texts."""
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+15185550199", texts_per_week=3, changed_at=NOW, changed_by=cast.admin)
    starts = NOW + timedelta(days=4)
    first = at_state(Status.BOOKED, cast, starts_at=starts, ends_at=starts + timedelta(hours=3), booked_at=NOW - timedelta(days=9))
    Patient.objects.filter(pk=first.patient_id).update(text_consent="express")
    later = starts + timedelta(days=3)
    second = at_state(
        Status.BOOKED,
        cast,
        patient=first.patient,
        course=first.course,
        starts_at=later,
        ends_at=later + timedelta(hours=3),
        booked_at=NOW - timedelta(days=9),
    )
    return [first, second]


def test_what_it_says_is_what_happens(visits: list[TreatmentSession], cast: Cast, settings: LazySettings) -> None:
    said = {(line.visit.pk, line.kind, line.channel): line.at for line in week_of(cast.riverside, NOW).lines if not line.why and line.kind != "after"}
    assert OutboxMessage.objects.count() == 0
    with running_phones() as phones:
        settings.VIGIL_TEXT_URL, settings.VIGIL_TEXT_TOKEN = phones.url, "test-token"
        for moment in sorted({*said.values(), NOW, NOW + timedelta(days=7)}):
            sweep(now=moment)
            send_due(now=moment)
    done = OutboxMessage.objects.filter(status="sent").values_list("session_id", "kind", "channel", "sent_at")
    assert {row[:3]: row[3] for row in done} == said


def test_it_says_why_a_text_is_left_out_and_who_is_not_written_to(visits: list[TreatmentSession], cast: Cast, sign_in: Callable[..., Client]) -> None:
    SiteMessaging.objects.update(texts_per_week=1)
    other = at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=2, hours=3))
    Patient.objects.filter(pk=other.patient_id).update(may_email=False)
    page = sign_in(cast.desk).get(PATH).content.decode()
    assert "matter more" in page or "limit of 1" in page
    assert str(other.patient) in page
    assert not OutboxMessage.objects.exists()


def test_what_waits_in_the_outbox_is_said_once(visits: list[TreatmentSession], cast: Cast) -> None:
    TreatmentSession.objects.filter(pk=visits[0].pk).update(starts_at=NOW + timedelta(days=2), ends_at=NOW + timedelta(days=2, hours=3))
    before = [(line.at, line.kind, line.channel, line.why) for line in week_of(cast.riverside, NOW).lines]
    sweep(now=NOW)
    assert OutboxMessage.objects.filter(status="due").exists()
    assert [(line.at, line.kind, line.channel, line.why) for line in week_of(cast.riverside, NOW).lines] == before


def test_thirty_patients_cost_what_one_costs(visits: list[TreatmentSession], cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.desk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(PATH).status_code == 200
        return len(context)

    client.get(PATH)
    one = queries()
    for minutes in range(30):
        at_state(Status.BOOKED, cast, starts_at=NOW + timedelta(hours=90, minutes=minutes), ends_at=NOW + timedelta(hours=93))
    assert queries() == one


def test_who_may_look(visits: list[TreatmentSession], cast: Cast, sign_in: Callable[..., Client], client: Client) -> None:
    assert client.get(PATH).status_code == 302
    assert sign_in(cast.support).get(PATH).status_code == 403
    assert sign_in(cast.stranger).get(PATH).status_code == 404
    assert sign_in(cast.desk).get(PATH, {"page": "x\x00"}).status_code == 200
