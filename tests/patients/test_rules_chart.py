"""Enrolment, indication, consent, screening, medicines, standing parameters, people (PAT-1…PAT-8)."""

from datetime import date

import pytest

from clinic.findings import Finding, Level
from patients.rules import consent, enrolment, indication, medicines, people, screening, standing
from tests.moment import TODAY

ALL_NO = {question.id: "no" for question in screening.SCREENING}


def keys(findings: list[Finding]) -> list[str]:
    return [finding.key for finding in findings]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"is_outpatient": False, "submitted_on": None}, []),
        ({"submitted_on": None}, ["PAT-1.missing"]),
        ({"submitted_on": date(2026, 6, 11)}, ["PAT-1.later"]),
        ({"has_proof": False}, ["PAT-1.proof"]),
        ({"rems_id": ""}, ["PAT-1.id"]),
        ({"has_proof": False, "rems_id": ""}, ["PAT-1.proof", "PAT-1.id"]),
    ],
)
def test_enrolment(fields: dict, expected: list[str]) -> None:
    facts = {"is_outpatient": True, "submitted_on": date(2026, 6, 1), "has_proof": True, "rems_id": "S-1", "on": TODAY, **fields}
    assert keys(enrolment.enrolment_findings(**facts)) == expected


def test_enrolment_dates() -> None:
    good = {"patient_signed_on": date(2026, 6, 1), "prescriber_signed_on": date(2026, 6, 2), "submitted_on": date(2026, 6, 2)}
    assert enrolment.enrolment_date_problems(**good, today=TODAY) == {}
    late = enrolment.enrolment_date_problems(**{**good, "patient_signed_on": date(2026, 6, 3)}, today=TODAY)
    assert late == {"patient_signed_on": "Signed only after the form was submitted?"}
    assert set(enrolment.enrolment_date_problems(**{**good, "submitted_on": date(2026, 6, 11)}, today=TODAY)) == {"submitted_on"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"failed_trials": 1}, ["PAT-2.trials"]),
        ({"indication": "mdsi", "failed_trials": 0}, []),
        ({"indication": "mdsi", "with_antidepressant": False}, ["PAT-2.antidepressant"]),
        ({"with_antidepressant": False}, []),
        ({"with_antidepressant": False, "on": date(2025, 1, 20)}, ["PAT-2.alone"]),
        ({"with_antidepressant": False, "on": date(2025, 1, 21)}, []),
        ({"birth_on": date(2008, 6, 11)}, ["PAT-2.age"]),
        ({"birth_on": date(2008, 6, 10)}, []),
        ({"takes_antidepressant": False}, ["PAT-2.medicine"]),
    ],
)
def test_indication(fields: dict, expected: list[str]) -> None:
    facts = {
        "indication": "trd", "with_antidepressant": True, "takes_antidepressant": True, "failed_trials": 2,
        "birth_on": date(1984, 3, 7), "on": TODAY, **fields,
    }  # fmt: skip
    assert keys(indication.indication_findings(**facts)) == expected


@pytest.mark.parametrize(
    ("is_adequate", "outcome", "counts"),
    [(True, "none", True), (True, "partial", True), (True, "response", False), (False, "none", False), (True, "not_tolerated", False)],
)
def test_which_trials_count(is_adequate: bool, outcome: str, counts: bool) -> None:
    assert indication.counts_for_trd(is_adequate=is_adequate, outcome=outcome) is counts


def test_consent() -> None:
    current = consent.text_in_force(TODAY).version
    assert keys(consent.consent_findings(text_version=None, guide_given=False, today=TODAY)) == ["PAT-5.missing"]
    assert consent.consent_findings(text_version=current, guide_given=True, today=TODAY) == []
    assert keys(consent.consent_findings(text_version="2019-03", guide_given=False, today=TODAY)) == ["PAT-5.guide", "PAT-5.older"]


def test_the_newest_begun_text_is_in_force() -> None:
    texts = [consent.ConsentText(str(year), date(year, 1, 1), ()) for year in (2026, 2024, 2027)]
    assert consent.text_in_force(TODAY, texts).version == "2026"
    assert consent.text_in_force(date(2020, 1, 1), texts).version == "2024"


def test_no_screening_blocks() -> None:
    assert keys(screening.screening_findings([])) == ["PAT-3.missing"]
    assert screening.screening_findings([ALL_NO]) == []


def test_a_contraindication_in_any_standing_screening_blocks() -> None:
    found = screening.screening_findings([ALL_NO, {**ALL_NO, "avm": "yes"}])
    assert [(finding.key, finding.level) for finding in found] == [("PAT-3.avm", Level.BLOCK)]


def test_precautions_count_as_last_answered() -> None:
    found = screening.screening_findings([{**ALL_NO, "hepatic_severe": "yes"}, {**ALL_NO, "psychosis": "yes"}])
    assert [(finding.key, finding.level, finding.text) for finding in found] == [
        ("PAT-4.hepatic_severe", Level.DECISION, "To weigh: severe hepatic impairment. Not recommended.")
    ]


def test_unknown_and_missing_answers_are_decided() -> None:
    answers = {**ALL_NO, "aneurysm": "unknown", "bladder": "unknown"}
    del answers["cognition"]
    found = screening.screening_findings([answers])
    assert keys(found) == ["PAT-3.aneurysm", "PAT-4.bladder", "PAT-4.cognition"]
    assert {finding.level for finding in found} == {Level.DECISION}
    assert [question.id for question in screening.unanswered({**answers, "avm": "maybe"})] == ["avm", "cognition"]


def test_what_a_correction_lifts() -> None:
    before = {**ALL_NO, "avm": "yes", "psychosis": "yes"}
    assert [question.id for question in screening.lifted_contraindications(before, ALL_NO)] == ["avm"]
    assert screening.lifted_contraindications(before, before) == []
    assert len({question.id for question in screening.SCREENING}) == len(screening.BY_ID)


def test_watched_medicines() -> None:
    assert keys(medicines.medicine_findings(["maoi", "antidepressant", "opioid", "opioid"])) == ["PAT-6.opioid", "PAT-6.maoi"]


@pytest.mark.parametrize(
    ("ended_on", "on", "holds"),
    [
        (None, date(2026, 6, 1), True),
        (None, date(2026, 6, 30), True),
        (None, date(2026, 5, 31), False),
        (None, date(2026, 7, 1), False),
        (date(2026, 6, 9), date(2026, 6, 9), False),
        (date(2026, 6, 9), date(2026, 6, 8), True),
    ],
)
def test_standing_parameters_in_force(ended_on: date | None, on: date, holds: bool) -> None:
    assert standing.is_in_force(from_on=date(2026, 6, 1), until_on=date(2026, 6, 30), ended_on=ended_on, on=on) is holds


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, {""}),
        ({"predose_systolic": 150}, set()),
        ({"predose_systolic": 150, "predose_diastolic": 95}, set()),
        ({"predose_systolic": 110, "predose_diastolic": 115}, {"predose_diastolic"}),
        ({"low_spo2": 50}, {"low_spo2"}),
        ({"minimum_watch_minutes": 119}, {"minimum_watch_minutes"}),
        ({"minimum_watch_minutes": 150}, set()),
        ({"high_systolic": 999, "high_diastolic": 1000}, {"high_systolic", "high_diastolic"}),
    ],
)
def test_standing_limits(values: dict, fields: set[str]) -> None:
    found = standing.standing_problems(values=values, from_on=TODAY, until_on=TODAY, today=TODAY, minimum_watch_minutes=120)
    assert set(found) == fields


@pytest.mark.parametrize(
    ("from_on", "until_on", "has_problem"),
    [
        (date(2026, 6, 12), date(2026, 6, 11), True),
        (date(2026, 6, 1), date(2026, 6, 9), True),
        (TODAY, date(2027, 7, 1), True),
        (TODAY, date(2027, 6, 1), False),
    ],
)
def test_standing_period(from_on: date, until_on: date, has_problem: bool) -> None:
    found = standing.standing_problems(values={"low_spo2": 92}, from_on=from_on, until_on=until_on, today=TODAY, minimum_watch_minutes=120)
    assert ("until_on" in found) is has_problem


def test_age_and_birth_dates() -> None:
    assert people.age_on(date(1984, 6, 10), TODAY) == 42
    assert people.age_on(date(1984, 6, 11), TODAY) == 41
    assert people.age_on(date(2004, 2, 29), date(2026, 2, 28)) == 21
    assert people.birth_problem(date(2026, 6, 11), TODAY)
    assert people.birth_problem(date(1800, 1, 1), TODAY)
    assert not people.birth_problem(date(1920, 1, 1), TODAY)
    assert "106" in people.birth_question(date(1920, 1, 1), TODAY)
    assert "adults" in people.birth_question(date(2010, 1, 1), TODAY)
    assert not people.birth_question(date(1984, 3, 7), TODAY)


@pytest.mark.parametrize(
    ("old", "new", "reason", "fields"),
    [
        ("active", "active", "", {"status"}),
        ("active", "paused", "", {"reason"}),
        ("active", "paused", "Admitted", set()),
        ("paused", "active", "", set()),
        ("deceased", "active", "", {"reason"}),
        ("deceased", "active", "Recorded by mistake", set()),
    ],
)
def test_status(old: str, new: str, reason: str, fields: set[str]) -> None:
    assert set(people.status_problem(old=old, new=new, reason=reason)) == fields
    assert people.may_be_messaged(new) is (new == "active")
