"""The watchman's round: raised once, lowered by the act itself or by the next round, and his sign of life (MON-3, PMF-5)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.models import Heartbeat, Notice, OpeningHours
from sessions import tasks
from sessions.actions import watch, watchman
from sessions.models import TreatmentSession
from sessions.picture import picture_of
from sessions.queries.due import next_due
from sessions.queries.floor import concerns_of
from sessions.queries.policies import policy_for
from sessions.states import Status
from tests.cast import NOW
from tests.factories.changing import change
from tests.factories.sessions import GOOD_VITALS, at_state


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture
def late(cast, prescriber_here):
    """A check is late, and nothing else: somebody has just looked in, and nobody need open the day."""
    OpeningHours.objects.all().delete()
    session = at_state("monitoring", cast, first_device_at=NOW - minutes(46))
    watch.record_round(session, observed_at=NOW - minutes(1), client_key=uuid4(), by=cast.nurse, now=NOW - minutes(1))
    return session


def take_check(session, cast, at, **values):
    check = watch.Check(values=GOOD_VITALS | values, observed_at=at, client_key=uuid4())
    return watch.record_observation(session, check=check, by=cast.nurse, now=at)


def open_kinds():
    return list(Notice.objects.filter(resolved_at__isnull=True).values_list("kind", flat=True))


def test_a_late_check_raises_one_notice_however_often_he_comes(late):
    for _ in range(3):
        assert watchman.make_round(now=NOW) == {"raised": 1, "failed": 0}
    notice = Notice.objects.get()
    assert (notice.kind, notice.target_pk, notice.due_at) == ("check_overdue", late.pk, NOW - minutes(6))
    assert late.patient.last_name not in notice.text
    assert Heartbeat.objects.get(name="watchman").beat_at == NOW


def test_within_its_grace_nothing_is_late(late):
    assert watchman.make_round(now=NOW - minutes(1))["raised"] == 0


def test_the_check_itself_lowers_the_notice(late, cast):
    watchman.make_round(now=NOW)
    take_check(late, cast, NOW + minutes(1))
    assert open_kinds() == []
    assert Notice.objects.get().resolved_how == "A check was recorded."


def test_the_next_round_lowers_what_was_settled_otherwise(late):
    watchman.make_round(now=NOW)
    change(TreatmentSession.objects.filter(pk=late.pk), status=Status.LEFT, left_at=NOW, status_reason="Went")
    watchman.make_round(now=NOW + minutes(1))
    assert open_kinds() == []


def test_a_site_that_fails_leaves_no_sign_of_life(late, monkeypatch):
    def broken(site, *, now):
        raise ValueError("no")

    monkeypatch.setattr(watchman, "watch_site", broken)
    assert watchman.make_round(now=NOW)["failed"] == 2
    assert not Heartbeat.objects.exists()


def test_the_task_is_one_call(still_clock, late):
    assert tasks.watch() == {"raised": 1, "failed": 0}


def due_of(session, now):
    session = TreatmentSession.objects.get(pk=session.pk)
    due = next_due(picture_of(session, policy_for(session)), now)
    return due and (due.label, due.at, due.is_late)


def test_what_is_due_next_follows_the_watch(cast):
    session = at_state("monitoring", cast, first_device_at=NOW)
    assert due_of(session, NOW) == ("40-minute check", NOW + minutes(40), False)
    take_check(session, cast, NOW + minutes(40), systolic=172)
    assert due_of(session, NOW + minutes(41)) == ("Repeat pressure", NOW + minutes(45), False)
    assert due_of(session, NOW + minutes(51)) == ("Repeat pressure", NOW + minutes(45), True)
    take_check(session, cast, NOW + minutes(52))
    assert due_of(session, NOW + minutes(53)) == ("120-minute check", NOW + minutes(120), False)
    take_check(session, cast, NOW + minutes(118))
    assert due_of(session, NOW + minutes(119)) == ("Next check", NOW + minutes(150), False)
    assert due_of(session, NOW + minutes(156)) == ("Next check", NOW + minutes(150), True)


@pytest.mark.parametrize("status", ["booked", "arrived", "cleared", "discharged", "cancelled"])
def test_nothing_is_due_before_the_dose_or_after_leaving(cast, status):
    session = at_state(status, cast)
    assert due_of(session, NOW + minutes(300)) is None


def test_looking_after_thirty_sessions_takes_no_more_queries_than_after_one(cast, django_assert_max_num_queries):
    for count in (1, 5):
        for _ in range(count):
            at_state("monitoring", cast, first_device_at=NOW - minutes(46))
        with django_assert_max_num_queries(10):
            assert concerns_of(cast.riverside, NOW)
