"""Readings that can't be, that are asked about, and that are missing (MON-4, MON-7); no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.findings import Level
from sessions.rules.vitals import BY_FIELD, REQUIRED, impossible, missing, unlikely

FULL = {"systolic": 122, "diastolic": 78, "pulse": 72, "spo2": 98, "breathing": "normal", "sedation": 5, "dissociation": "none", "nausea": "none"}


def codes(findings):
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"systolic": 122, "diastolic": 78}, []),
        ({"systolic": 39}, ["impossible.systolic"]),
        ({"systolic": 301}, ["impossible.systolic"]),
        ({"diastolic": 19}, ["impossible.diastolic"]),
        ({"pulse": 251}, ["impossible.pulse"]),
        ({"spo2": 101}, ["impossible.spo2"]),
        ({"spo2": 49}, ["impossible.spo2"]),
        ({"breaths": 61}, ["impossible.breaths"]),
        ({"sedation": 6}, ["impossible.sedation"]),
        ({"cadss": 93}, ["impossible.cadss"]),
        ({"systolic": 80, "diastolic": 80}, ["impossible.pressure"]),
        ({"systolic": 80, "diastolic": 120}, ["impossible.pressure"]),
        ({"systolic": None, "diastolic": 120}, []),
    ],
)
def test_what_cannot_be_is_refused(values, expected):
    findings = impossible(values)
    assert codes(findings) == expected
    assert all(finding.level is Level.BLOCK and finding.rule == "MON-4" for finding in findings)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"systolic": 122, "diastolic": 78, "pulse": 72, "spo2": 98}, []),
        ({"systolic": 221}, ["unlikely.systolic"]),
        ({"systolic": 79}, ["unlikely.systolic"]),
        ({"pulse": 39}, ["unlikely.pulse"]),
        ({"spo2": 84}, ["unlikely.spo2"]),
        ({"spo2": 101}, []),  # impossible: said once, as that
        ({"systolic": 100, "diastolic": 86}, ["unlikely.pressure"]),
        ({"systolic": 100, "diastolic": 85}, []),
        ({"systolic": 80, "diastolic": 90}, []),
    ],
)
def test_what_is_rare_is_asked_about_once(values, expected):
    findings = unlikely(values)
    assert codes(findings) == expected
    assert all(finding.level is Level.NOTE for finding in findings)


def test_a_full_check_lacks_nothing():
    assert missing(FULL, {}) == []


@pytest.mark.parametrize("field", [field for field, _ in REQUIRED])
def test_every_value_is_there_or_not_obtained_with_a_reason(field):
    without = {**FULL, field: None}
    assert codes(missing(without, {})) == [f"missing.{field}"]
    assert codes(missing(without, {field: "  "})) == [f"missing.{field}"]
    assert missing(without, {field: "Refused"}) == []
    assert codes(missing(FULL, {field: "Refused"})) == [f"both.{field}"]


def test_the_reason_is_asked_for_where_only_it_is_missing():
    assert "why" in missing({**FULL, "pulse": None}, {"pulse": ""})[0].text


def test_names_inside_of_a_sentence():
    assert [BY_FIELD[name].name for name in ("systolic", "spo2", "cadss", "sedation")] == ["systolic", "SpO₂", "CADSS", "MOAA/S"]


@given(st.dictionaries(st.sampled_from(sorted(BY_FIELD)), st.none() | st.integers(-10, 400)))
def test_a_reading_is_never_both_impossible_and_merely_rare(values):
    assert {finding.field for finding in impossible(values) if finding.field != "diastolic"}.isdisjoint(
        {finding.field for finding in unlikely(values)} - {"diastolic"}
    )
