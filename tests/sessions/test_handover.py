"""Whose chair it is: offered, accepted, covered, taken over; by these acts alone, in every patient's trail (SET-3)."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.findings import Refused
from clinic.models import AuditEntry, Notice
from sessions.actions import handover as acts
from sessions.actions import watchman
from sessions.models import Handover, TakeOver, TreatmentSession
from sessions.rules import handover as rules
from tests.cast import NOW
from tests.factories.changing import change
from tests.factories.clinic import on_duty
from tests.factories.sessions import at_state


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture
def chairs(cast, prescriber_here):
    """Two of the nurse's, one of nobody's."""
    for who in (cast.nurse, cast.second_nurse):
        on_duty(cast.of(who), NOW - minutes(120), lapses_at=NOW + minutes(480))
    at_state("arrived", cast)
    return [at_state("monitoring", cast, monitor=cast.nurse, first_device_at=NOW - minutes(20 + 5 * number)) for number in range(2)]


def offer(cast, to=None, minutes=None, by=None, **said):
    by = by or cast.nurse
    return acts.offer_chairs(
        cast.of(by), to=cast.of(to or cast.second_nurse), minutes=minutes, note="", client_key=said.get("key") or uuid4(), by=by, now=NOW
    )


def owners():
    return set(TreatmentSession.objects.filter(status="monitoring").values_list("monitor__email", flat=True))


def take(cast, by, owner=None, reason="Called away", key=None):
    return acts.take_over(cast.of(by), owner=owner or cast.nurse, reason=reason, client_key=key or uuid4(), by=by, now=NOW)


def test_offering_and_accepting_lock_in_one_order(chairs, cast):
    """Offers before chairs, whoever comes: the other way round a second offer and an accepted one waited for each other for ever."""
    made = offer(cast)
    later = {"by": cast.second_nurse, "now": NOW}
    for act in (lambda: offer(cast), lambda: acts.accept_chairs(made, **later), lambda: take(cast, cast.prescriber, owner=cast.second_nurse)):
        with CaptureQueriesContext(connection) as said, suppress(Refused):
            act()
        read = [one["sql"] for one in said if one["sql"].startswith("SELECT")]
        first = [next(n for n, sql in enumerate(read) if f'FROM "{model._meta.db_table}"' in sql) for model in (Handover, TreatmentSession)]
        assert first == sorted(first)


def test_nothing_changes_until_it_is_accepted(chairs, cast):
    made = offer(cast)
    assert owners() == {"nurse@riverside.example"}
    told = made.chairs.get(session=chairs[0]).told
    assert told["next"].startswith("40-minute check")
    assert told["way_home"].startswith("Driver") or told["way_home"]
    for _ in range(2):
        acts.accept_chairs(made, by=cast.second_nurse, now=NOW + minutes(1))
    assert owners() == {"nurse2@riverside.example"}
    entries = AuditEntry.objects.filter(action="session.handed_over")
    assert set(entries.values_list("patient_pk", flat=True)) == {row.patient_id for row in chairs}


@pytest.mark.parametrize("act", [acts.accept_chairs, acts.decline_chairs])
def test_only_the_named_colleague_answers(chairs, cast, act):
    made = offer(cast)
    with pytest.raises(Refused, match="somebody else"):
        act(made, by=cast.prescriber, now=NOW)
    assert owners() == {"nurse@riverside.example"}


def test_declined_and_taken_back_leave_everything_as_it_was(chairs, cast):
    acts.decline_chairs(offer(cast), by=cast.second_nurse, now=NOW)
    made = offer(cast)
    acts.withdraw_offer(made, by=cast.nurse, now=NOW)
    with pytest.raises(Refused, match="taken back"):
        acts.accept_chairs(made, by=cast.second_nurse, now=NOW)
    assert owners() == {"nurse@riverside.example"}
    assert set(Handover.objects.values_list("ended_how", flat=True)) == {"declined", "withdrawn"}


def test_a_cover_returns_what_is_still_there(chairs, cast):
    made = offer(cast, minutes=15)
    acts.accept_chairs(made, by=cast.second_nurse, now=NOW)
    change(TreatmentSession.objects.filter(pk=chairs[0].pk), status="left", left_at=NOW, status_reason="Went")
    with pytest.raises(Refused, match="Nobody covers"):
        acts.come_back(made, by=cast.second_nurse, now=NOW)
    for _ in range(2):
        acts.come_back(made, by=cast.nurse, now=NOW + minutes(14))
    assert owners() == {"nurse@riverside.example"}
    assert TreatmentSession.objects.get(pk=chairs[0].pk).monitor == cast.second_nurse
    assert AuditEntry.objects.filter(action="session.handed_back").count() == 1


def test_taking_over_says_why_and_ends_the_offer(chairs, cast):
    waiting = offer(cast, to=cast.prescriber)
    key = uuid4()
    for _ in range(2):
        assert {row.pk for row in take(cast, cast.second_nurse, key=key)} == {row.pk for row in chairs}
    kept = TakeOver.objects.filter(session=chairs[0]).get()
    assert (kept.reason, kept.owner, kept.owner_was_here) == ("Called away", cast.nurse, True)
    waiting.refresh_from_db()
    assert (owners(), waiting.ended_how) == ({"nurse2@riverside.example"}, "over")


@pytest.mark.parametrize(
    ("facts", "is_refused"),
    [({}, False), ({"chairs": 0}, True), ({"is_waiting": True}, True), ({"is_self": True}, True), ({"may_watch": False}, True), ({"minutes": 7}, True), ({"minutes": 15}, False)],
)  # fmt: skip
def test_what_may_be_offered(facts, is_refused):
    usual = {"is_self": False, "may_watch": True, "chairs": 2, "is_waiting": False, "minutes": None}
    assert bool(rules.offer_findings(**(usual | facts))) is is_refused


@pytest.mark.parametrize(
    ("facts", "is_refused"),
    [({}, False), ({"may_watch": False}, True), ({"is_self": True}, True), ({"chairs": 0}, True), ({"reason": " "}, True)],
)
def test_what_may_be_taken_over(facts, is_refused):
    assert bool(rules.take_over_findings(**({"is_self": False, "may_watch": True, "chairs": 1, "reason": "Gone"} | facts))) is is_refused


@pytest.mark.parametrize(
    ("findings", "is_refused"),
    [
        (rules.withdraw_findings(is_mine=True, is_accepted=False, is_ended=False), False),
        (rules.withdraw_findings(is_mine=False, is_accepted=False, is_ended=False), True),
        (rules.withdraw_findings(is_mine=True, is_accepted=True, is_ended=False), True),
        (rules.withdraw_findings(is_mine=True, is_accepted=False, is_ended=True), True),
        (rules.answer_findings(is_for_me=True, is_ended=True), True),
        (rules.return_findings(is_mine=True, is_cover=False, is_accepted=True), True),
    ],
)
def test_what_an_offer_can_still_become(findings, is_refused):
    assert bool(findings) is is_refused


def test_support_staff_takes_no_chair(chairs, cast):
    with pytest.raises(Refused):
        offer(cast, to=cast.support)
    with pytest.raises(Refused):
        take(cast, cast.support)
    assert not Handover.objects.exists()


def test_an_offer_nobody_accepts_alarms_until_it_is_answered(chairs, cast):
    made = offer(cast)
    watchman.make_round(now=NOW + minutes(4))
    kinds = Notice.objects.filter(resolved_at=None).values_list("kind", flat=True)
    assert "handover_waiting" not in kinds
    watchman.make_round(now=NOW + minutes(5))
    assert "handover_waiting" in kinds.all()
    acts.accept_chairs(made, by=cast.second_nurse, now=NOW + minutes(6))
    assert "handover_waiting" not in kinds.all()


def test_by_the_pages_in_one_tap_from_the_board(chairs, cast, sign_in):
    nurse, other = sign_in(cast.nurse), sign_in(cast.second_nurse)
    page = nurse.get(reverse("handover", args=["riverside"])).text
    assert "Offer my chairs" in page
    said = {"to": cast.of(cast.second_nurse).pk, "minutes": "15", "note": "Back at once", "client_key": uuid4()}
    assert nurse.post(reverse("handover_offer", args=["riverside"]), said).status_code == 303
    board = other.get("/riverside/").text
    assert "offers you their chairs for 15 minutes" in " ".join(board.split())
    assert "Nora Nurse, offered to Noel Nightingale" in board
    made = Handover.objects.get()
    answer = other.post(reverse("handover_accept", args=["riverside", made.pk]), {"back": "board"})
    assert answer["Location"] == "/riverside/"
    board = " ".join(nurse.get("/riverside/").text.split())
    assert "Noel Nightingale, for Nora Nurse until 10:15" in board
    assert "I am back" in board
    assert nurse.post(reverse("handover_return", args=["riverside", made.pk])).status_code == 303
    assert owners() == {"nurse@riverside.example"}


def test_taking_over_by_the_page(chairs, cast, sign_in):
    client, url = sign_in(cast.second_nurse), reverse("handover_take", args=["riverside"])
    assert client.post(url, {"owner": cast.nurse.pk, "client_key": uuid4(), "reason": ""}).status_code == 422
    assert client.post(url, {"owner": cast.nurse.pk, "client_key": uuid4(), "reason": "Went home ill"}).status_code == 303
    assert owners() == {"nurse2@riverside.example"}


@pytest.mark.parametrize("name", ["handover_offer", "handover_take"])
def test_junk_is_refused(chairs, cast, sign_in, name):
    junk = {"to": "x", "minutes": "1e9", "owner": "🫀", "client_key": "x", "reason": "\x00"}
    assert sign_in(cast.nurse).post(reverse(name, args=["riverside"]), junk).status_code == 422
    assert not Handover.objects.exists()


def test_a_key_of_somebody_else_is_out_of_date(chairs, cast):
    key = uuid4()
    offer(cast, key=key)
    with pytest.raises(Refused):
        offer(cast, to=cast.nurse, by=cast.second_nurse, key=key)
