"""Recording checks, rounds and events: the row, the audit entry, one effect, corrections (MON-3, MON-7, MON-8)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry
from sessions.actions import watch
from sessions.models import Observation, Round, SessionEvent
from tests.cast import NOW
from tests.factories.sessions import GOOD_VITALS, at_state

VITALS = dict(GOOD_VITALS)


def minutes(count):
    return timedelta(minutes=count)


def check(*, at=NOW, key=None, values=None, **fields):
    return watch.Check(values=VITALS | (values or {}), observed_at=at, client_key=key or uuid4(), **fields)


@pytest.fixture
def session(cast):
    return at_state("monitoring", cast, first_device_at=NOW - minutes(42))


@pytest.fixture
def record(cast, session):
    def made(*, now=NOW, by=None, **fields):
        return watch.record_observation(session, check=check(**{"at": now} | fields), by=by or cast.nurse, now=now)

    return made


def codes(refused):
    return [finding.code for finding in refused.value.findings]


def test_a_check_is_the_planned_one_of_its_time(session, record, cast):
    row = record(by=cast.support)
    assert (row.kind, row.planned_minute, row.systolic, row.recorded_by) == ("planned", 40, 122, cast.support)
    assert row.site_id == session.site_id
    entry = AuditEntry.objects.get(action="observation.recorded")
    assert (entry.actor, entry.target_pk, entry.patient_pk) == (cast.support, str(row.pk), session.patient_id)
    told = {line.split()[1] for line in entry.body.splitlines() if line.startswith("change ")}
    assert told == {"kind", "minute", "observed_at", "session"}  # which check, never what was measured


def test_the_second_one_is_extra(record):
    record()
    assert record(now=NOW + minutes(3)).kind == "extra"


def test_after_the_gate_it_is_the_final_one(record):
    record(now=NOW + minutes(80))
    row = record(now=NOW + minutes(95))
    assert (row.kind, row.planned_minute) == ("final", None)


def test_before_the_first_device_it_is_the_baseline_and_needs_less(cast):
    session = at_state("arrived", cast)
    row = watch.record_observation(session, check=check(values={"dissociation": "", "nausea": ""}), by=cast.nurse, now=NOW)
    assert (row.kind, row.planned_minute) == ("baseline", 0)


def test_a_late_entry_keeps_both_times(record):
    row = record(at=NOW - minutes(11))
    assert (row.observed_at, row.recorded_at) == (NOW - minutes(11), NOW)


def test_posting_twice_has_one_effect(record):
    key = uuid4()
    assert record(key=key) == record(key=key)
    assert Observation.objects.filter(planned_minute=40).count() == 1
    assert AuditEntry.objects.filter(action="observation.recorded").count() == 1


def test_a_key_of_another_session_is_refused(record, cast):
    key = uuid4()
    record(key=key)
    other = at_state("monitoring", cast)
    with pytest.raises(Refused) as refused:
        watch.record_observation(other, check=check(key=key), by=cast.nurse, now=NOW)
    assert codes(refused) == ["client_key"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"values": {"pulse": None}}, ["missing.pulse"]),
        ({"values": {"spo2": 101}}, ["impossible.spo2"]),
        ({"values": {"systolic": 230}}, ["unlikely.systolic"]),
        ({"values": {"systolic": 230, "pulse": None}}, ["missing.pulse"]),
        ({"at": NOW + minutes(1)}, ["MON-7.future"]),
        ({"at": NOW - timedelta(hours=25)}, ["MON-7.old"]),
    ],
)
def test_what_is_refused_writes_nothing(record, fields, expected):
    with pytest.raises(Refused) as refused:
        record(**fields)
    assert codes(refused) == expected
    assert not Observation.objects.exclude(kind="baseline").exists()
    assert not AuditEntry.objects.filter(action="observation.recorded").exists()


def test_what_is_rare_is_kept_once_confirmed(record):
    assert record(values={"systolic": 230}, is_confirmed=True).systolic == 230


def test_any_value_may_be_not_obtained_with_a_reason(record):
    row = record(values={"systolic": None, "diastolic": None}, not_obtained={"systolic": "Refused", "diastolic": "Refused"})
    assert (row.systolic, row.not_obtained["diastolic"]) == (None, "Refused")


@pytest.mark.parametrize(("status", "code"), [("booked", "session.not_open"), ("cancelled", "session.not_open"), ("discharged", "OUT-2.signed")])
def test_nothing_is_recorded_before_or_after(cast, status, code):
    session = at_state(status, cast)
    for act in (
        lambda: watch.record_observation(session, check=check(), by=cast.nurse, now=NOW),
        lambda: watch.record_round(session, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW),
        lambda: watch.record_event(session, event=watch.Event("sedation_began", NOW, uuid4()), by=cast.nurse, now=NOW),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert codes(refused) == [code]


def test_a_correction_is_a_new_row_with_its_reason(record, cast):
    old = record()
    new = watch.correct_observation(old, check=check(values={"systolic": 132}), reason="Typed wrong", by=cast.nurse, now=NOW + minutes(1))
    assert (new.supersedes, new.kind, new.planned_minute, new.reason) == (old, "planned", 40, "Typed wrong")
    old.refresh_from_db()
    assert old.systolic == 122
    assert list(Observation.objects.standing().filter(planned_minute=40)) == [new]
    assert AuditEntry.objects.filter(action="observation.corrected").count() == 1


def test_a_correction_needs_a_reason_and_a_standing_entry(record, cast):
    old = record()
    with pytest.raises(Refused) as refused:
        watch.correct_observation(old, check=check(), reason=" ", by=cast.nurse, now=NOW)
    assert codes(refused) == ["MON-7.reason"]
    watch.correct_observation(old, check=check(), reason="Typed wrong", by=cast.nurse, now=NOW)
    with pytest.raises(Refused) as refused:
        watch.correct_observation(old, check=check(), reason="Again", by=cast.support, now=NOW)
    assert codes(refused) == ["MON-7.changed"]


def test_a_correction_posted_twice_has_one_effect(record, cast):
    old, posted = record(), check()
    first = watch.correct_observation(old, check=posted, reason="Typed wrong", by=cast.nurse, now=NOW)
    assert watch.correct_observation(old, check=posted, reason="Typed wrong", by=cast.nurse, now=NOW) == first


def test_a_round_and_its_one_effect(session, cast):
    key = uuid4()
    rows = [watch.record_round(session, observed_at=NOW, client_key=key, by=cast.support, now=NOW) for _ in range(2)]
    assert rows[0] == rows[1] == Round.objects.get()
    assert AuditEntry.objects.filter(action="round.recorded").count() == 1


def test_an_event_of_one_tap(session, cast):
    event = watch.Event("dissociation_began", NOW - minutes(2), uuid4())
    rows = [watch.record_event(session, event=event, by=cast.support, now=NOW) for _ in range(2)]
    assert rows[0] == rows[1] == SessionEvent.objects.get()
    assert rows[0].observed_at == NOW - minutes(2)
    assert AuditEntry.objects.filter(action="event.recorded").count() == 1


def test_what_was_given_says_what(session, cast):
    with pytest.raises(Refused) as refused:
        watch.record_event(session, event=watch.Event("measure_given", NOW, uuid4()), by=cast.nurse, now=NOW)
    assert codes(refused) == ["MON-8.what"]
    event = watch.Event("measure_given", NOW, uuid4(), what="Ondansetron", dose="4 mg", route="by mouth", ordered_by=cast.prescriber, effect="better")
    assert watch.record_event(session, event=event, by=cast.nurse, now=NOW).ordered_by == cast.prescriber


@pytest.mark.parametrize("kind", ["check", "round", "event"])
def test_a_mis_tap_is_taken_back_and_both_rows_stay(session, record, cast, kind):
    fact = {
        "check": record,
        "round": lambda: watch.record_round(session, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW),
        "event": lambda: watch.record_event(session, event=watch.Event("sedation_began", NOW, uuid4()), by=cast.nurse, now=NOW),
    }[kind]()
    key = uuid4()
    with pytest.raises(Refused):
        watch.withdraw(fact, reason="", by=cast.nurse, now=NOW, client_key=key)
    row = watch.withdraw(fact, reason="Tapped by mistake", by=cast.support, now=NOW, client_key=key)
    assert watch.withdraw(fact, reason="Tapped by mistake", by=cast.support, now=NOW, client_key=key) == row
    assert row.is_withdrawn
    assert row.supersedes_id == fact.pk
    assert not type(fact).objects.standing().filter(pk__in=[fact.pk, row.pk]).exists()
    assert AuditEntry.objects.filter(action=f"{fact._meta.model_name}.withdrawn").count() == 1


def test_a_correction_of_the_time_is_another_check(session, record, cast):
    """MON-3: a 40-minute check that was in truth taken a quarter of an hour after the first device is none."""
    old = record()
    early = watch.correct_observation(old, check=check(at=NOW - minutes(27)), reason="Wrong time", by=cast.nurse, now=NOW)
    assert (early.kind, early.planned_minute) == ("extra", None)
    before = watch.correct_observation(early, check=check(at=NOW - minutes(50)), reason="Wrong time", by=cast.nurse, now=NOW)
    assert (before.kind, before.planned_minute) == ("baseline", 0)
    again = watch.correct_observation(before, check=check(at=NOW - minutes(1)), reason="Right after all", by=cast.nurse, now=NOW)
    assert (again.kind, again.planned_minute) == ("planned", 40)


def test_a_clock_that_was_put_back_refuses_no_withdrawal(cast, session):
    """The taking back is written no earlier than what it takes back was seen."""
    made = watch.record_round(session, observed_at=NOW, client_key=uuid4(), by=cast.nurse, now=NOW)
    gone = watch.withdraw(made, reason="A slip", by=cast.nurse, now=NOW - timedelta(minutes=3), client_key=uuid4())
    assert (gone.observed_at, gone.recorded_at, gone.is_withdrawn) == (NOW, NOW, True)
