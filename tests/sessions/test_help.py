"""A call for help: its answer from the board or the flowsheet, its waiting time, and what a slow one is worth."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.actions.screens import enrol_screen
from clinic.findings import Refused
from clinic.models import AuditEntry
from sessions.actions.screens import answer_help, ask_help, record_feeling
from sessions.models import HelpCall, TreatmentSession
from sessions.rules.help import help_findings, span
from tests.cast import NOW
from tests.factories.changing import change
from tests.factories.sessions import RoundFactory, at_state


def ago(minutes: float):
    return NOW - timedelta(minutes=minutes)


@pytest.fixture
def screen(cast):
    return enrol_screen(cast.riverside, name="Bed", kind="patient", chair=cast.chairs[0], by=cast.admin, now=NOW)[0]


@pytest.fixture
def session(cast):
    return at_state("monitoring", cast, first_device_at=ago(50), chair=cast.chairs[0])


@pytest.mark.parametrize(("asked", "answered", "words"), [
    (1, None, []), (2, None, []), (2.1, None, ["has waited for 2 min 06 s"]), (15, None, ["has waited for 15 min"]), (15, 14, []), (15, 12, ["waited 3 min"]),
])  # fmt: skip
def test_a_slow_answer_is_a_note(asked, answered, words) -> None:
    found = help_findings([(ago(asked), ago(answered) if answered is not None else None)], now=NOW)
    assert len(found) == len(words)
    assert all(word in finding.text for word, finding in zip(words, found, strict=True))


def test_spans_count_seconds_below_ten_minutes() -> None:
    assert [span(timedelta(seconds=n)) for n in (0, 61, 120, 599, 600, 661)] == ["0 min", "1 min 01 s", "2 min", "9 min 59 s", "10 min", "11 min"]


@pytest.mark.parametrize(("posted", "leads_to"), [({"back": "board"}, "/riverside/"), ({}, "/riverside/sessions/")])
def test_the_answer_is_measured_and_counts_once(cast, sign_in, session, screen, posted, leads_to) -> None:
    ask_help(screen, client_key=uuid4(), now=ago(3))
    url = reverse("help_answer", args=["riverside", session.pk])
    for person in (cast.support, cast.nurse):
        answer = sign_in(person).post(url, posted)
        assert (answer.status_code, answer["Location"].startswith(leads_to)) == (303, True)
    call = HelpCall.objects.get()
    assert (call.answered_at, call.answered_by) == (NOW, cast.support)
    entry = AuditEntry.objects.get(action="help.answered")
    assert "waited_seconds 180" in entry.body


def test_board_and_flowsheet_are_loud_until_somebody_is_there(cast, sign_in, session, screen) -> None:
    ask_help(screen, client_key=uuid4(), now=ago(3))
    nurse = sign_in(cast.nurse)
    board, sheet = (nurse.get(url).content.decode() for url in ("/riverside/", f"/riverside/sessions/{session.pk}/"))
    assert "Help asked" in board
    assert "I am there" in board
    assert "The patient called for help" in sheet
    assert "has waited for 3 min" in sheet
    assert "I am there" not in sign_in(cast.desk).get("/riverside/").content.decode()
    answer_help(session, by=cast.nurse, now=NOW)
    assert "Help asked" not in nurse.get("/riverside/").content.decode()
    assert "A call for help waited 3 min" in nurse.get(f"/riverside/sessions/{session.pk}/").content.decode()
    assert "A call for help waited 3 min" in nurse.get(f"/riverside/sessions/{session.pk}/record/").content.decode()


def test_a_bad_feeling_stands_on_the_board_until_somebody_has_looked(cast, sign_in, session, screen) -> None:
    nurse = sign_in(cast.nurse)
    record_feeling(screen, kind="feels_bad", client_key=uuid4(), now=ago(4))
    assert "Says: feels bad" in nurse.get("/riverside/").content.decode()
    sheet = nurse.get(f"/riverside/sessions/{session.pk}/").content.decode()
    assert "The patient says: feels bad" in sheet
    assert "An enrolled screen" in sheet
    RoundFactory(session=session, observed_at=ago(2), recorded_by=cast.nurse)
    assert "Says: feels bad" not in nurse.get("/riverside/").content.decode()
    assert "The patient says: feels bad" not in nurse.get(f"/riverside/sessions/{session.pk}/").content.decode()


def test_a_screen_of_an_empty_chair_asks_nobody(cast, screen) -> None:
    with pytest.raises(Refused):
        ask_help(screen, client_key=uuid4(), now=NOW)
    with pytest.raises(Refused):
        record_feeling(screen, kind="feels_good", client_key=uuid4(), now=NOW)
    session = at_state("monitoring", cast, chair=cast.chairs[0])
    with pytest.raises(Refused):
        record_feeling(screen, kind="note", client_key=uuid4(), now=NOW)
    assert answer_help(session, by=cast.nurse, now=NOW) is None
    assert not AuditEntry.objects.filter(action__in=("help.asked", "help.answered", "feeling.recorded")).exists()


def test_a_session_keeps_so_many_answers_and_no_more(cast, screen, session) -> None:
    for second in range(0, 60, 2):
        kind = ("feels_good", "feels_so_so", "feels_bad")[second % 3]
        record_feeling(screen, kind=kind, client_key=uuid4(), now=ago(40) + timedelta(seconds=second * 10))
    assert session.events.count() == 20
    record_feeling(screen, kind="feels_bad", client_key=uuid4(), now=NOW)
    assert session.events.count() == 21


def test_a_call_that_nobody_answered_ends_with_the_visit(cast, sign_in, screen) -> None:
    gone = at_state("discharged", cast, first_device_at=ago(300), chair=cast.chairs[0])
    gone.help_calls.create(site=gone.site, screen=screen, client_key=uuid4(), asked_at=gone.discharged_at - timedelta(minutes=4))
    page = sign_in(cast.nurse).get(f"/riverside/sessions/{gone.pk}/record/").content.decode()
    assert "has waited for 4 min" in page


def test_a_page_that_stood_since_the_patient_before_still_calls(cast, session, screen) -> None:
    key = uuid4()
    ask_help(screen, client_key=key, now=ago(9))
    answer_help(session, by=cast.nurse, now=ago(8))
    record_feeling(screen, kind="feels_good", client_key=key, now=ago(30))
    change(TreatmentSession.objects.filter(pk=session.pk), status="left", status_reason="Walked out", left_at=ago(6))
    following = at_state("monitoring", cast, first_device_at=ago(5), chair=cast.chairs[0])
    assert ask_help(screen, client_key=key, now=NOW).session_id == following.pk
    assert record_feeling(screen, kind="feels_bad", client_key=key, now=NOW).session_id == following.pk
