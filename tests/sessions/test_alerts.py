"""Alerts as checks raise and close them, acknowledged by anybody at the bedside, closed by a prescriber's note (MON-6)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry
from patients.models import StandingParameters
from sessions.actions import watch
from sessions.actions.alerts import acknowledge_alert, close_alert
from sessions.models import Alert
from tests.cast import NOW
from tests.factories.sessions import GOOD_VITALS, at_state

HIGH = {"systolic": 172, "diastolic": 104}
CRITICAL = {"systolic": 212, "diastolic": 104}


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture
def session(cast):
    return at_state("monitoring", cast, first_device_at=NOW - minutes(42))


@pytest.fixture
def record(cast, session):
    def made(values=None, *, at=NOW, now=None, signs=(), **fields):
        check = watch.Check(values=GOOD_VITALS | (values or {}), observed_at=at, client_key=uuid4(), urgent_signs=signs, is_confirmed=True, **fields)
        return watch.record_observation(session, check=check, by=cast.nurse, now=now or at)

    return made


def shown():
    return [(alert.what, alert.tier, alert.closed_at is None) for alert in Alert.objects.all()]


def test_a_good_check_raises_nothing(record):
    record()
    assert shown() == []


def test_high_asks_for_a_repeat_and_a_good_one_closes_it(record, cast):
    row = record(HIGH)
    alert = Alert.objects.get()
    assert (alert.observation, alert.tier, alert.repeat_due_at) == (row, "high", NOW + minutes(5))
    record(at=NOW + minutes(5))
    alert.refresh_from_db()
    assert (alert.closed_by, alert.closed_how) == (cast.nurse, "Good repeat at 10:05.")


def test_a_repeat_that_is_high_again_goes_to_the_prescriber(record):
    record(HIGH)
    record(HIGH, at=NOW + minutes(5))
    assert shown() == [("pressure", "high", True), ("pressure", "high", True)]
    assert "tell the prescriber" in Alert.objects.last().text
    record(at=NOW + minutes(10))
    assert [is_open for _, _, is_open in shown()] == [False, False]


def test_a_value_that_was_not_obtained_closes_nothing(record):
    record(HIGH)
    record({"systolic": None, "diastolic": None}, at=NOW + minutes(5), not_obtained={"systolic": "Refused", "diastolic": "Refused"})
    assert shown() == [("pressure", "high", True)]


def test_critical_waits_for_no_repeat(record):
    record(CRITICAL, signs=("chest_pain",))
    assert [(alert.what, alert.tier, alert.repeat_due_at) for alert in Alert.objects.all()] == [
        ("pressure", "critical", None),
        ("chest_pain", "critical", None),
    ]
    record(at=NOW + minutes(5))
    assert shown() == [("pressure", "critical", False), ("chest_pain", "critical", True)]


def test_a_late_entry_after_a_good_check_needs_no_alert(record):
    record(at=NOW)
    record(HIGH, at=NOW - minutes(6), now=NOW + minutes(1))
    assert shown() == []


def test_an_earlier_good_check_entered_late_closes_nothing(record):
    record(HIGH)
    record(at=NOW - minutes(6), now=NOW + minutes(1))
    assert shown() == [("pressure", "high", True)]


def test_a_correction_closes_what_was_a_slip_and_raises_what_it_shows(record, cast):
    row = record(HIGH)
    fine = watch.Check(values=GOOD_VITALS | {"spo2": 88}, observed_at=NOW, client_key=uuid4(), is_confirmed=True)
    watch.correct_observation(row, check=fine, reason="Typed wrong", by=cast.nurse, now=NOW + minutes(1))
    assert shown() == [("pressure", "high", False), ("spo2", "critical", True)]
    assert Alert.objects.first().closed_how == "The reading was corrected."


def test_a_withdrawn_check_takes_its_alert_with_it(record, cast):
    row = record(HIGH)
    watch.withdraw(row, reason="Another patient's", by=cast.nurse, now=NOW, client_key=uuid4())
    assert shown() == [("pressure", "high", False)]


@pytest.mark.parametrize("values", [None, {"systolic": 176, "diastolic": 102}])
def test_a_good_repeat_that_is_taken_back_leaves_the_alert_open(record, cast, values):
    record(HIGH)
    repeat = record(at=NOW + minutes(5))
    later = {"by": cast.nurse, "now": NOW + minutes(8)}
    if values is None:
        watch.withdraw(repeat, reason="Another patient's", client_key=uuid4(), **later)
    else:
        check = watch.Check(values=GOOD_VITALS | values, observed_at=repeat.observed_at, client_key=uuid4(), is_confirmed=True)
        watch.correct_observation(repeat, check=check, reason="Typed wrong", **later)
    assert ("pressure", "high", True) in shown()
    assert all(is_open for _, _, is_open in shown())


def test_a_corrected_repeat_that_is_still_good_keeps_the_alert_closed(record, cast):
    record(HIGH)
    repeat = record(at=NOW + minutes(5))
    check = watch.Check(values=GOOD_VITALS | {"pulse": 80}, observed_at=repeat.observed_at, client_key=uuid4(), is_confirmed=True)
    watch.correct_observation(repeat, check=check, reason="Typed wrong", by=cast.nurse, now=NOW + minutes(8))
    assert shown() == [("pressure", "high", False)]


def test_one_patients_own_limits_take_the_place_of_the_high_tier(record, session, cast):
    StandingParameters.objects.create(
        site=session.site, patient=session.patient, high_systolic=180, high_diastolic=110, reason="Known", from_on=date(2026, 6, 1), until_on=date(2026, 7, 1),
        set_at=NOW - timedelta(days=1), set_by=cast.prescriber,
    )  # fmt: skip
    record(HIGH)
    assert shown() == []
    record(CRITICAL, at=NOW + minutes(1))
    assert shown() == [("pressure", "critical", True)]


def test_before_the_dose_only_the_critical_tier_calls(cast):
    session = at_state("arrived", cast)
    for values in (HIGH, CRITICAL):
        check = watch.Check(values=GOOD_VITALS | values, observed_at=NOW, client_key=uuid4(), is_confirmed=True)
        watch.record_observation(session, check=check, by=cast.nurse, now=NOW)
    assert shown() == [("pressure", "critical", True)]


def test_acknowledging_silences_once_and_keeps_it_open(record, cast):
    record(HIGH)
    alert = Alert.objects.get()
    acknowledge_alert(alert, by=cast.support, now=NOW + minutes(1))
    acknowledge_alert(alert, by=cast.nurse, now=NOW + minutes(2))
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.acknowledged_at, alert.closed_at) == (cast.support, NOW + minutes(1), None)
    assert AuditEntry.objects.filter(action="alert.acknowledged").count() == 1


def test_a_prescribers_note_closes_it_and_the_earlier_ones_alike(record, cast):
    record(HIGH)
    record(HIGH | {"spo2": 91}, at=NOW + minutes(5))
    newest = Alert.objects.filter(what="pressure").last()
    with pytest.raises(Refused):
        close_alert(newest, note=" ", by=cast.prescriber, now=NOW + minutes(6))
    close_alert(newest, note="Known; declining.", by=cast.prescriber, now=NOW + minutes(6))
    assert shown() == [("pressure", "high", False), ("pressure", "high", False), ("spo2", "high", True)]
    assert Alert.objects.first().closed_how == "Prescriber: Known; declining."
    assert AuditEntry.objects.filter(action="alert.closed").count() == 1


@pytest.mark.parametrize("way", ["withdrawn", "corrected", "corrected to later"])
@pytest.mark.parametrize(("who", "is_open"), [("support", True), ("nurse", False)])
def test_a_critical_alert_goes_by_a_licensed_persons_word_alone(record, cast, way, who, is_open):
    """MON-6: whoever has no licence leaves it to the prescriber, or to a good repeat."""
    row = record(CRITICAL)
    later = {"by": cast.person(who), "now": NOW + minutes(3)}
    if way == "withdrawn":
        watch.withdraw(row, reason="Another patient's", client_key=uuid4(), **later)
    else:
        at = NOW + minutes(2 if way == "corrected to later" else 0)
        check = watch.Check(values=GOOD_VITALS, observed_at=at, client_key=uuid4(), is_confirmed=True)
        watch.correct_observation(row, check=check, reason="Typed wrong", **later)
    assert shown() == [("pressure", "critical", is_open)]
    record(at=NOW + minutes(5))
    assert shown() == [("pressure", "critical", False)]
