"""What waits for somebody: the board derives the same as the watchman raises, in every situation, whether he sleeps or comes twice."""

from datetime import time, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from clinic.actions.duty import check_in, check_out
from clinic.actions.presence import record_coming
from clinic.models import Notice, OpeningHours
from desk.queries.board import floor_of
from patients.models import Order
from sessions.actions import watch, watchman
from sessions.actions.alerts import acknowledge_alert
from sessions.actions.day import Opening, open_day
from sessions.actions.dosing import Given, Kit, record_device
from sessions.actions.handover import accept_chairs, offer_chairs
from sessions.actions.leaving import sign_off_findings
from sessions.models import Alert, TreatmentSession
from sessions.picture import picture_of
from sessions.queries.policies import policy_for
from sessions.rules import concerns as rules
from sessions.rules.concerns import KINDS
from tests.cast import NOW
from tests.factories import forms
from tests.factories.clinic import ClosureFactory, on_duty
from tests.factories.patients import OrderFactory
from tests.factories.sessions import EXPIRY, GOOD_VITALS, LOT, at_state


def minutes(count):
    return timedelta(minutes=count)


def here(cast, *people):
    for who in people:
        on_duty(cast.of(who), NOW - minutes(180), lapses_at=NOW + minutes(480))


def watched(cast, since=20, **fields):
    """Somebody dosed since some minutes, seen just now."""
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(since), **fields)
    watch.record_round(session, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    return session


def late_check(cast):
    here(cast, cast.prescriber)
    watched(cast, 50)


def late_round(cast):
    here(cast, cast.prescriber)
    at_state("monitoring", cast, first_device_at=NOW - minutes(21))


def alert(cast, **values):
    here(cast, cast.prescriber)
    session = watched(cast)
    check = watch.Check(values=GOOD_VITALS | values, observed_at=NOW, client_key=uuid4(), is_confirmed=True)
    watch.record_observation(session, check=check, by=cast.nurse, now=NOW)


def critical(cast):
    alert(cast, spo2=86)


def seen_alert(cast):
    critical(cast)
    acknowledge_alert(Alert.objects.get(), by=cast.nurse, now=NOW)


def gap(cast):
    check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(30))
    check_out(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(7))
    watched(cast)


def unconfirmed(cast):
    record_coming(cast.of(cast.prescriber), at=NOW - minutes(30), by=cast.nurse, now=NOW - minutes(30))
    watched(cast)


def owner_gone(cast):
    here(cast, cast.prescriber)
    on_duty(cast.of(cast.nurse), NOW - minutes(120), left_at=NOW - minutes(5))
    watched(cast, monitor=cast.nurse)


def offered(cast, minutes_ago=6, cover=None):
    here(cast, cast.prescriber, cast.nurse, cast.second_nurse)
    watched(cast, monitor=cast.nurse)
    at = NOW - minutes(minutes_ago)
    to = cast.of(cast.second_nurse)
    return offer_chairs(cast.of(cast.nurse), to=to, minutes=cover, note="", client_key=uuid4(), by=cast.nurse, now=at)


def cover_over(cast):
    accept_chairs(offered(cast, 20, cover=15), by=cast.second_nurse, now=NOW - minutes(16))


def past_closing(cast):
    OpeningHours.objects.filter(site=cast.riverside).update(closes_at=time(9, 30))
    here(cast, cast.prescriber)
    watched(cast)


def past_midnight(cast):
    here(cast, cast.prescriber)
    session = watched(cast)
    TreatmentSession.objects.filter(pk=session.pk).update(treatment_on=(NOW - timedelta(days=1)).date())


def form_due(cast):
    forms.owed(cast, start=forms.START - timedelta(days=7))


def spoken(cast):
    here(cast, cast.prescriber)
    order = Order.objects.get(pk=watched(cast).order_id)
    OrderFactory(course=order.course, is_spoken=True, taken_by=cast.nurse, ordered_at=NOW - timedelta(days=1))


def short(cast):
    here(cast, cast.prescriber)
    said = Opening(devices={}, kit="no", rooms="yes", counts={})
    open_day(cast.riverside, opening=said, client_key=uuid4(), by=cast.nurse, now=NOW)


def not_closed(cast):
    here(cast, cast.prescriber)
    said = Opening(devices={}, kit="yes", rooms="yes", counts={})
    open_day(cast.riverside, opening=said, client_key=uuid4(), by=cast.nurse, now=NOW - timedelta(days=1))


def nothing(cast):
    here(cast, cast.prescriber)


def stranded(cast):
    here(cast, cast.prescriber)
    at_state("booked", cast, starts_at=NOW + timedelta(days=2))
    ClosureFactory(site=cast.riverside, closed_on=(NOW + timedelta(days=2)).date())


SITUATIONS = [
    (nothing, set()),
    (late_check, {"check_overdue", "day_unopened"}),
    (late_round, {"round_overdue", "day_unopened"}),
    (critical, {"alert_waiting", "prescriber_called", "day_unopened"}),
    (seen_alert, {"prescriber_called", "day_unopened"}),
    (gap, {"presence_gap", "day_unopened"}),
    (unconfirmed, {"presence_unconfirmed", "day_unopened"}),
    (owner_gone, {"owner_gone", "day_unopened"}),
    (offered, {"handover_waiting", "day_unopened"}),
    (cover_over, {"cover_over", "day_unopened"}),
    (past_closing, {"session_open", "day_unopened"}),
    (past_midnight, {"session_open"}),
    (form_due, {"form_due"}),
    (spoken, {"order_unsigned", "day_unopened"}),
    (short, {"day_short"}),
    (not_closed, {"day_unclosed"}),
    (stranded, {"visits_on_closed_day"}),
]


def open_notices():
    rows = Notice.objects.filter(resolved_at=None, kind__in=[kind.code for kind in KINDS])
    return set(rows.values_list("kind", "target_kind", "target_pk", "discriminator"))


@pytest.mark.parametrize(("situation", "kinds"), SITUATIONS)
def test_the_board_says_what_the_watchman_raises(cast, situation, kinds):
    situation(cast)
    on_board = {one.key for one in floor_of(cast.riverside, NOW).concerns}
    watchman.make_round(now=NOW)
    raised = open_notices()
    assert {kind for kind, *_ in on_board} == kinds
    assert raised == on_board
    watchman.make_round(now=NOW)
    assert open_notices() == on_board, "coming again changes nothing"


def test_every_kind_is_met_by_a_situation():
    assert set().union(*(kinds for _, kinds in SITUATIONS)) == {kind.code for kind in KINDS}


@pytest.mark.parametrize("situation", [late_check, critical, gap, offered])
def test_no_notice_names_a_patient(cast, situation):
    situation(cast)
    watchman.make_round(now=NOW)
    names = set(TreatmentSession.objects.values_list("patient__last_name", flat=True))
    assert not [text for text in Notice.objects.values_list("text", flat=True) if any(name in text for name in names)]


def test_the_act_lowers_what_it_settles_without_him(cast):
    gap(cast)
    watchman.make_round(now=NOW)
    check_in(cast.of(cast.second_prescriber), by=cast.second_prescriber, now=NOW)
    assert "presence_gap" not in {kind for kind, *_ in open_notices()}


def test_an_alert_that_is_seen_no_longer_waits(cast):
    critical(cast)
    watchman.make_round(now=NOW)
    acknowledge_alert(Alert.objects.get(), by=cast.nurse, now=NOW)
    assert "alert_waiting" not in {kind for kind, *_ in open_notices()}


def test_a_round_lowers_its_notice_and_going_lowers_all(cast):
    late_round(cast)
    watchman.make_round(now=NOW)
    session = TreatmentSession.objects.get()
    watch.record_round(session, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    assert "round_overdue" not in {kind for kind, *_ in open_notices()}


def test_a_gap_ends_with_the_stay_and_begins_where_the_last_ended(cast):
    gap(cast)
    found = next(one for one in floor_of(cast.riverside, NOW).concerns if one.kind is rules.GAP)
    assert found.since == NOW - minutes(7)


@pytest.mark.django_db(transaction=True)
def test_two_watchmen_at_once_raise_each_thing_once(cast):
    late_check(cast)
    for _ in range(3):
        at_state("monitoring", cast, first_device_at=NOW - minutes(50))
    barrier, outcomes = Barrier(2), []

    def go():
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            outcomes.append(watchman.make_round(now=NOW)["failed"])
        finally:
            connection.close()

    threads = [Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert outcomes == [0, 0]
    assert open_notices() == {one.key for one in floor_of(cast.riverside, NOW).concerns}
    assert Notice.objects.filter(resolved_at=None).count() == len(open_notices())


def test_a_gap_is_a_breach_on_the_session_and_in_its_record(cast, sign_in):
    gap(cast)
    session = TreatmentSession.objects.get()
    check_in(cast.of(cast.second_prescriber), by=cast.second_prescriber, now=NOW - minutes(2))
    for page in (f"/riverside/sessions/{session.pk}/", f"/riverside/sessions/{session.pk}/record/"):
        shown = sign_in(cast.nurse).get(page).text
        assert "Breach: no prescriber on site" in shown
        assert "until 09:58" in shown


def test_what_is_not_confirmed_is_no_breach_and_no_proof(cast, sign_in):
    unconfirmed(cast)
    shown = sign_in(cast.nurse).get(f"/riverside/sessions/{TreatmentSession.objects.get().pk}/").text
    assert "presence is not confirmed" in shown
    assert "Breach: no prescriber" not in shown


def test_a_gap_stops_neither_a_second_device_nor_a_discharge(cast):
    check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(30))
    check_out(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(7))
    session = at_state("dosing", cast, first_device_at=NOW - minutes(10))
    kit = Kit(route="bulk", lot=LOT, expires_on=EXPIRY)
    given = Given(kit=kit, sprays=2, given_at=NOW, observed_by=cast.nurse)
    record_device(session, given=given, client_key=uuid4(), by=cast.nurse, membership=cast.of(cast.nurse), now=NOW)
    session.refresh_from_db()
    assert (session.status, session.breaches.filter(rule="SET-2").count()) == ("monitoring", 0)
    picture = picture_of(session, policy_for(session))
    found = sign_off_findings(picture, cast.of(cast.nurse), NOW + minutes(150))
    assert not [finding for finding in found if finding.rule == "SET-2"]
