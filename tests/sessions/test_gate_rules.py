"""The gates before the dose: each rule as a row, and the laws that hold whatever the facts (SET, PAT, PRE, DOS-9)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.findings import Finding, Level
from sessions.rules.forecast import Ending, LatestStart
from sessions.rules.gates import GateFacts, clear_findings, start_findings
from sessions.rules.predose_vitals import Limits, Vitals, high_since, repeat_at
from sessions.rules.questions import EVENT_SINCE, SUICIDE

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
B, D, N = Level.BLOCK, Level.DECISION, Level.NOTE
LIMITS = Limits(systolic=140, diastolic=90, low_spo2=93, max_age=timedelta(minutes=30))
VITALS = Vitals(7, NOW - timedelta(minutes=10), 122, 78, 98, "normal", 5)
ANSWERS: dict[str, object] = {
    "last_food": "none", "last_drink": "none", "last_nasal": "none", "enrolment": "portal", "contraindications": [],
    "pregnancy": "no", "medicines": [], "event_since": "no", "suicide_risk": "negative",
}  # fmt: skip


def latest_at(at: datetime, kind: str = "closing") -> tuple[LatestStart, ...]:
    return (LatestStart(at, Ending(at + timedelta(minutes=155), kind)),)


GOOD = GateFacts(
    at=NOW, clock=lambda moment: f"{moment:%H:%M}", is_certified=True, has_prescriber=True, has_monitor=True, untrained=(), equipment=(), chart=(),
    is_dosed_today=False, is_course_over=False, identified_at=NOW - timedelta(minutes=20), dose_identified_at=NOW, reset_at=None, alike=(),
    answers=ANSWERS, unasked=(), vitals=VITALS, limits=LIMITS, way_home="driver", latest_starts=latest_at(NOW + timedelta(hours=3)),
)  # fmt: skip


def minutes(count: int) -> datetime:
    return NOW - timedelta(minutes=count)


def said(**answers: object) -> GateFacts:
    return replace(GOOD, answers=ANSWERS | answers)


def seen(**values: object) -> GateFacts:
    return replace(GOOD, vitals=VITALS._replace(**values))


def found(facts: GateFacts) -> list[tuple[str, Level]]:
    return [(finding.key, finding.level) for finding in clear_findings(facts)]


def test_nothing_stands_in_the_way_of_a_good_patient() -> None:
    assert clear_findings(GOOD) == start_findings(GOOD) == []


@pytest.mark.parametrize(
    ("facts", "key", "level"),
    [
        (replace(GOOD, is_certified=False), "SET-1.certified", B),
        (replace(GOOD, has_prescriber=False), "SET-2.prescriber", B),
        (replace(GOOD, unconfirmed=("Petra Prescriber",)), "SET-2.unconfirmed", N),
        (replace(GOOD, has_prescriber=False, unconfirmed=("Petra Prescriber",)), "SET-2.prescriber", B),
        (replace(GOOD, has_monitor=False), "SET-3.monitor", B),
        (replace(GOOD, untrained=("Nora Nurse",)), "SET-3.training.Nora Nurse", D),
        (replace(GOOD, equipment=(Finding("SET-4", B, "No oximeter.", code="SET-4.oximeter"),)), "SET-4.oximeter", B),
        (replace(GOOD, chart=(Finding("PAT-1", B, "Not enrolled.", code="PAT-1.missing"),)), "PAT-1.missing", B),
        (replace(GOOD, is_dosed_today=True), "DOS-7.same_day", B),
        (replace(GOOD, is_course_over=True), "DOS-5.course_over", D),
        (replace(GOOD, identified_at=None), "PRE-5.identity", B),
        (replace(GOOD, reset_at=minutes(19)), "PRE-5.identity", B),
        (replace(GOOD, alike=("Diaz, Rosa",)), "PRE-5.alike", N),
        (replace(GOOD, unasked=(SUICIDE,)), "PRE-4.unasked", B),
        (replace(GOOD, unasked=(SUICIDE, EVENT_SINCE)), "PRE-4.unasked", B),
        (said(last_food=minutes(119).isoformat()), "PRE-1.last_food.101201", D),
        (said(last_drink=minutes(29).isoformat()), "PRE-1.last_drink.101331", D),
        (said(last_nasal=minutes(59).isoformat()), "PRE-1.last_nasal.101301", D),
        (said(contraindications=["vascular"]), "PAT-3.today.vascular", B),
        (said(enrolment="not_enrolled"), "PAT-1.today", B),
        (said(enrolment="down"), "PAT-1.down", D),
        (said(pregnancy="yes"), "PRE-4.pregnancy.yes", D),
        (said(pregnancy="unsure"), "PRE-4.pregnancy.unsure", D),
        (said(suicide_risk="positive"), "PRE-4.suicide", N),
        (said(event_since="yes"), "PMF-6.since", N),
        (said(medicines=["opioid", "alcohol"]), "PAT-6.today", N),
        (replace(GOOD, vitals=None), "PRE-2.missing", B),
        (seen(observed_at=minutes(31)), "PRE-2.stale.7", D),
        (seen(observed_at=minutes(60)), "PRE-2.stale.7.2", D),
        (seen(missing=("pressure",)), "PRE-2.not_obtained.7", D),
        (seen(systolic=141), "PRE-2.unrepeated.7", D),
        (seen(diastolic=91), "PRE-2.unrepeated.7", D),
        (seen(systolic=141, high_since=minutes(14)), "PRE-2.unrepeated.7", D),
        (seen(systolic=141, high_since=minutes(15)), "PRE-2.pressure.7", D),
        (seen(spo2=92), "PRE-2.spo2.7", D),
        (seen(breathing="shallow"), "PRE-2.breathing.7", D),
        (seen(sedation=4), "PRE-2.alertness.7", D),
        (replace(GOOD, way_home=""), "PRE-3.way_home", D),
        (replace(GOOD, latest_starts=latest_at(minutes(1))), "DOS-9.start", D),
        (replace(GOOD, latest_starts=latest_at(minutes(1), "prescriber")), "DOS-9.prescriber.101634", D),
        (replace(GOOD, latest_starts=latest_at(minutes(1), "ride")), "DOS-9.ride.101634", D),
    ],
)
def test_one_thing_wrong_is_one_finding(facts: GateFacts, key: str, level: Level) -> None:
    assert found(facts) == [(key, level)]


@pytest.mark.parametrize(
    "facts",
    [
        said(last_food=minutes(120).isoformat(), last_drink=minutes(30).isoformat(), last_nasal=minutes(60).isoformat()),
        seen(observed_at=minutes(30), systolic=140, diastolic=90, spo2=93),
        seen(systolic=None, diastolic=None, spo2=None, sedation=None, breathing=""),
        replace(GOOD, latest_starts=()),
        replace(GOOD, latest_starts=latest_at(NOW)),
        replace(GOOD, reset_at=minutes(20)),
        said(contraindications=None, last_food=None),
    ],
)
def test_on_the_edge_is_good(facts: GateFacts) -> None:
    assert clear_findings(facts) == []


@pytest.mark.parametrize(
    ("own", "reading", "key"),
    [
        ((150, 95), (145, 92), "PAT-8.pressure.7"),
        ((150, 95), (151, 92), "PRE-2.unrepeated.7"),
        ((150, None), (145, 88), "PAT-8.pressure.7"),
        ((150, None), (145, 92), "PRE-2.unrepeated.7"),
        ((None, 95), (145, 92), "PRE-2.unrepeated.7"),
    ],
)
def test_standing_parameters_turn_pressure_into_a_note(own: tuple[int | None, int | None], reading: tuple[int, int], key: str) -> None:
    limits = replace(LIMITS, own_systolic=own[0], own_diastolic=own[1])
    assert [one for one, _ in found(replace(seen(systolic=reading[0], diastolic=reading[1]), limits=limits))] == [key]


def test_the_start_asks_identity_at_the_chair() -> None:
    assert [finding.key for finding in start_findings(replace(GOOD, dose_identified_at=None))] == ["PRE-5.dose"]
    assert [finding.key for finding in start_findings(replace(GOOD, dose_identified_at=minutes(10), reset_at=minutes(5), identified_at=NOW))] == [
        "PRE-5.dose"
    ]


def test_a_finding_of_chart_and_visit_is_said_once() -> None:
    twice = replace(GOOD, is_dosed_today=True, chart=(Finding("DOS-7", B, "Already dosed.", code="DOS-7.same_day"),))
    assert found(twice) == [("DOS-7.same_day", B)]


facts_of_any_kind = st.builds(
    replace,
    st.just(GOOD),
    is_certified=st.booleans(),
    has_prescriber=st.booleans(),
    is_dosed_today=st.booleans(),
    identified_at=st.none() | st.integers(0, 300).map(minutes),
    dose_identified_at=st.none() | st.integers(0, 300).map(minutes),
    reset_at=st.none() | st.integers(0, 300).map(minutes),
    way_home=st.sampled_from(["", "ride"]),
    vitals=st.none()
    | st.builds(VITALS._replace, observed_at=st.integers(0, 300).map(minutes), systolic=st.integers(60, 250), spo2=st.integers(70, 100)),
    latest_starts=st.just(()) | st.integers(-300, 300).map(minutes).map(latest_at),
)


@given(facts_of_any_kind)
def test_the_start_asks_at_least_what_clearing_asked(facts: GateFacts) -> None:
    """PRE-6: all gates again; and the weightiest come first, each key once."""
    cleared, started = clear_findings(facts), start_findings(facts)
    assert {finding.key for finding in cleared} <= {finding.key for finding in started}
    assert all(one.level >= other.level for one, other in pairwise(started))
    assert len({finding.key for finding in started}) == len(started)
    assert all(len(finding.key) <= 60 for finding in started)


@given(facts_of_any_kind, st.integers(1, 240))
def test_waiting_never_makes_a_gate_of_time_better_but_fasting(facts: GateFacts, later: int) -> None:
    """Vitals grow old and the day ends; no block goes away by itself."""
    now, then = clear_findings(facts), clear_findings(replace(facts, at=NOW + timedelta(minutes=later)))
    assert {finding.key for finding in now if finding.level is B} == {finding.key for finding in then if finding.level is B}
    assert {undated(finding) for finding in now if finding.rule != "PRE-1"} <= {undated(finding) for finding in then}


def undated(finding: Finding) -> str:
    """Vitals that have grown stale are decided anew each half hour: the key counts the half hours."""
    return "PRE-2.stale" if finding.key.startswith("PRE-2.stale") else finding.key


@pytest.mark.parametrize(
    ("taken", "since", "again"),
    [
        ([], None, None),
        ([(20, 130)], None, None),
        ([(20, 150)], 20, 15),
        ([(20, 150), (17, 148)], 20, 15),
        ([(20, 150), (15, 148)], 20, None),
        ([(20, 150), (12, 130)], None, None),
        ([(40, 150), (20, 130), (10, 150)], 10, 5),
    ],
)
def test_a_high_pressure_is_repeated_after_five_minutes(taken: list[tuple[int, int]], since: int | None, again: int | None) -> None:
    """PRE-2: in minutes before now, with the systolic."""
    readings = [VITALS._replace(observed_at=minutes(at), systolic=systolic) for at, systolic in taken]
    assert high_since(readings, LIMITS) == (None if since is None else minutes(since))
    assert repeat_at(readings, LIMITS) == (None if again is None else minutes(again))


@pytest.mark.parametrize(
    ("spo2", "breathing", "keys"),
    [(91, "normal", ["PAT-8.spo2.7"]), (89, "normal", ["PRE-2.spo2.7"]), (91, "shallow", ["PRE-2.breathing.7", "PAT-8.spo2.7"])],
)
def test_an_own_limit_of_oxygen_holds_before_the_dose_too(spo2: int, breathing: str, keys: list[str]) -> None:
    """PAT-8."""
    assert [one for one, _ in found(replace(seen(spo2=spo2, breathing=breathing), limits=replace(LIMITS, own_low_spo2=90)))] == keys
