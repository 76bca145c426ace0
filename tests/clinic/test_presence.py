"""Presence in others' words, confirmed, put right, handed over by name (SET-2)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.actions.duty import check_in
from clinic.actions.presence import confirm_presence, correct_presence, hand_presence_to, record_coming, record_leaving
from clinic.findings import Refused
from clinic.models import AuditEntry, DutyCorrection, DutyPeriod, Notice
from clinic.queries import awaiting_word, gaps_between, prescriber_on_site, stays_over
from clinic.roles import Permission, Role, may
from clinic.rules.presence import UNCONFIRMED_NOTICE
from tests.cast import NOW
from tests.factories.clinic import NoticeFactory, on_duty


def minutes(count):
    return timedelta(minutes=count)


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def written(cast):
    """The nurse wrote ten minutes ago that the prescriber had come ten minutes before that."""
    return record_coming(cast.of(cast.prescriber), at=NOW - minutes(20), by=cast.nurse, now=NOW - minutes(10))


def test_what_staff_write_counts_as_here_and_is_no_proof(written, cast, riverside):
    assert (written.came_at, written.recorded_at, written.recorded_by) == (NOW - minutes(20), NOW - minutes(10), cast.nurse)
    assert prescriber_on_site(riverside, NOW)
    assert list(awaiting_word(riverside, NOW)) == [written]
    stays = stays_over(riverside, NOW - minutes(15), NOW)
    assert gaps_between(stays, NOW - minutes(15), NOW) == []
    assert len(gaps_between(stays, NOW - minutes(15), NOW, proven_only=True)) == 1
    assert actions() == ["duty.recorded"]


def test_writing_it_twice_has_one_effect(written, cast):
    assert record_coming(cast.of(cast.prescriber), at=NOW, by=cast.desk, now=NOW) == written


def test_the_prescriber_confirms_by_their_own_sign_in_alone(written, cast, riverside):
    NoticeFactory(site=riverside, kind=UNCONFIRMED_NOTICE, target_kind="dutyperiod", target_pk=written.pk)
    with pytest.raises(Refused, match="their own presence"):
        confirm_presence(written, by=cast.nurse, now=NOW)
    for _ in range(2):
        confirm_presence(written, by=cast.prescriber, now=NOW)
    assert not awaiting_word(riverside, NOW).exists()
    assert not Notice.objects.filter(resolved_at=None).exists()
    assert actions() == ["duty.recorded", "duty.confirmed"]


def test_pressing_here_myself_proves_from_now_and_leaves_the_rest_to_confirm(written, cast, riverside):
    mine = check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW)
    written.refresh_from_db()
    assert (written.left_at, mine.came_at, mine.is_proof) == (NOW, NOW, True)
    assert list(awaiting_word(riverside, NOW)) == [written]


def test_a_going_that_others_write_ends_the_presence_and_waits_too(cast, riverside):
    stay = check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(60))
    record_leaving(cast.of(cast.prescriber), at=NOW - minutes(5), by=cast.desk, now=NOW)
    stay.refresh_from_db()
    assert (stay.left_at, stay.left_recorded_at, stay.left_recorded_by, stay.is_proof, stay.awaits_word) == (
        NOW - minutes(5),
        NOW,
        cast.desk,
        True,
        True,
    )
    assert not prescriber_on_site(riverside, NOW)
    confirm_presence(stay, by=cast.prescriber, now=NOW + minutes(1))
    assert not awaiting_word(riverside, NOW).exists()


@pytest.mark.parametrize(("who", "act"), [("nurse", record_coming), ("prescriber", record_leaving)])
def test_who_is_no_prescriber_or_not_here(cast, who, act):
    with pytest.raises(Refused):
        act(cast.of(cast.person(who)), at=NOW, by=cast.desk, now=NOW)
    assert not DutyPeriod.objects.exists()


def test_a_coming_never_reaches_into_a_stay_on_record(cast):
    on_duty(cast.of(cast.prescriber), NOW - minutes(60), left_at=NOW - minutes(10))
    assert record_coming(cast.of(cast.prescriber), at=NOW - minutes(30), by=cast.nurse, now=NOW).came_at == NOW - minutes(10)


def test_one_act_hands_over_by_name(cast, riverside):
    mine = check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(60))
    theirs = hand_presence_to(cast.of(cast.prescriber), to=cast.of(cast.second_prescriber), by=cast.prescriber, now=NOW)
    mine.refresh_from_db()
    assert (mine.left_at, mine.handed_to, theirs.came_at, theirs.awaits_word) == (NOW, cast.of(cast.second_prescriber), NOW, True)
    assert gaps_between(stays_over(riverside, NOW - minutes(30), NOW + minutes(30)), NOW - minutes(30), NOW + minutes(30)) == []
    entry = AuditEntry.objects.get(action="duty.handed_over")
    assert f"change to {cast.of(cast.second_prescriber).pk}" in entry.body


def test_who_is_here_already_simply_stays(cast):
    check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(60))
    here = check_in(cast.of(cast.second_prescriber), by=cast.second_prescriber, now=NOW - minutes(30))
    assert hand_presence_to(cast.of(cast.prescriber), to=cast.of(cast.second_prescriber), by=cast.prescriber, now=NOW) == here
    assert not here.awaits_word


@pytest.mark.parametrize(("giver", "taker", "by"), [("prescriber", "nurse", "prescriber"), ("prescriber", "second_prescriber", "nurse"), ("second_prescriber", "prescriber", "second_prescriber"), ("prescriber", "prescriber", "prescriber")])  # fmt: skip
def test_handing_over_to_nobody_or_for_somebody_else(cast, giver, taker, by):
    check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(60))
    with pytest.raises(Refused):
        hand_presence_to(cast.of(cast.person(giver)), to=cast.of(cast.person(taker)), by=cast.person(by), now=NOW)
    assert DutyPeriod.objects.get().left_at is None


def correct(cast, who, period=None, key=None, **times):
    said = {"came_at": NOW - minutes(50), "left_at": None, "reason": "Forgot to press"} | times
    return correct_presence(cast.of(who), period=period, **said, client_key=key or uuid4(), by=who, now=NOW)


def test_i_was_here_earlier_keeps_both_times(cast, riverside):
    stay = check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(20))
    key = uuid4()
    for _ in range(2):
        assert correct(cast, cast.prescriber, stay, key) == stay
    with pytest.raises(Refused, match="out of date"):
        correct(cast, cast.second_prescriber, None, key)
    kept = DutyCorrection.objects.get()
    assert (kept.came_before, kept.came_after, kept.reason, kept.recorded_at) == (NOW - minutes(20), NOW - minutes(50), "Forgot to press", NOW)
    assert prescriber_on_site(riverside, NOW - minutes(45))


def test_a_stay_that_was_never_written_down(cast, riverside):
    stay = correct(cast, cast.prescriber, left_at=NOW - minutes(10))
    assert (stay.recorded_at, stay.is_proof, DutyCorrection.objects.get().came_before) == (NOW, True, None)
    assert not prescriber_on_site(riverside, NOW)


def test_putting_right_confirms_what_others_wrote(written, cast, riverside):
    correct(cast, cast.prescriber, written, came_at=NOW - minutes(25))
    assert not awaiting_word(riverside, NOW).exists()


def test_nobody_puts_right_for_somebody_else_or_over_another_stay(written, cast):
    with pytest.raises(Refused):
        correct_presence(cast.of(cast.prescriber), period=written, came_at=NOW, left_at=None, reason="x", client_key=uuid4(), by=cast.nurse, now=NOW)
    with pytest.raises(Refused, match="on record at that time"):
        correct(cast, cast.prescriber, left_at=NOW - minutes(15))
    assert not DutyCorrection.objects.exists()


def test_by_the_pages(cast, sign_in):
    """Those who work at the chairs write it down, and the administrator; not the front desk, whose word would open the start gate (SET-2)."""
    prescriber, desk, nurse = sign_in(cast.prescriber), sign_in(cast.desk), sign_in(cast.nurse)
    assert {role for role in Role if may(role, Permission.RECORD_DUTY)} == {Role.SUPPORT, Role.MONITOR, Role.PRESCRIBER, Role.ADMINISTRATOR}
    said = {"member": cast.of(cast.prescriber).pk, "what": "came", "at": ""}
    assert desk.post(reverse("duty_record", args=["riverside"]), said).status_code == 403
    assert "Write down" not in desk.get(reverse("duty", args=["riverside"])).text
    assert not DutyPeriod.objects.exists()
    assert nurse.post(reverse("duty_record", args=["riverside"]), said).status_code == 303
    stay = DutyPeriod.objects.get()
    assert "Not confirmed" in desk.get(reverse("duty", args=["riverside"])).text
    assert desk.post(reverse("duty_confirm", args=["riverside", stay.pk])).status_code == 422
    assert "Yes, I came at 10:00" in prescriber.get(reverse("duty", args=["riverside"])).text
    assert prescriber.post(reverse("duty_confirm", args=["riverside", stay.pk])).status_code == 303
    assert "Hand over and leave" in prescriber.get(reverse("duty", args=["riverside"])).text
    assert prescriber.post(reverse("duty_hand_over", args=["riverside"]), {"to": cast.of(cast.second_prescriber).pk}).status_code == 303
    stay.refresh_from_db()
    assert stay.handed_to == cast.of(cast.second_prescriber)


def test_putting_right_by_the_page(cast, sign_in):
    url, client = reverse("duty_correct", args=["riverside"]), sign_in(cast.prescriber)
    stay = check_in(cast.of(cast.prescriber), by=cast.prescriber, now=NOW - minutes(20))
    assert client.get(url, {"stay": stay.pk}).status_code == 200
    said = {"stay": stay.pk, "came_at": "2026-06-10T09:10", "left_at": "", "reason": "", "client_key": uuid4()}
    assert client.post(url, said).status_code == 422
    assert client.post(url, said | {"reason": "Forgot to press"}).status_code == 303
    stay.refresh_from_db()
    assert stay.came_at == NOW - minutes(50)


@pytest.mark.parametrize(("name", "junk"), [("duty_record", {"member": "x", "what": "flew", "at": "never"}), ("duty_hand_over", {"to": "🫀"}), ("duty_correct", {"stay": "9" * 30, "came_at": "\x00", "client_key": "x"})])  # fmt: skip
def test_junk_is_refused(cast, sign_in, name, junk):
    assert sign_in(cast.prescriber).post(reverse(name, args=["riverside"]), junk).status_code == 422
    assert not DutyPeriod.objects.exists()
