"""Dose, interval and gap against the label (DOS-3…DOS-7)."""

from datetime import date, timedelta

import pytest

from clinic.findings import Finding, Level
from patients.rules.course import course_position
from patients.rules.dosing import course_findings
from patients.rules.protocol import REMS_ESKETAMINE, protocol_of

BEGAN = date(2026, 3, 2)


def asked(on: int, dosed: tuple[int, ...], dose_mg: int = 56, indication: str = "trd") -> list[Finding]:
    days = [BEGAN + timedelta(days=n) for n in dosed]
    today = BEGAN + timedelta(days=on)
    position = course_position(indication, None, days, 0, None, today)
    return course_findings(position=position, dose_mg=dose_mg, dosed_days=days, on=today, protocol=REMS_ESKETAMINE)


def keys(findings: list[Finding]) -> list[str]:
    return [finding.key for finding in findings]


@pytest.mark.parametrize(
    ("on", "dosed", "dose_mg", "indication", "expected"),
    [
        (0, (), 56, "trd", []),
        (0, (), 84, "trd", ["DOS-3.first_dose"]),
        (0, (), 84, "mdsi", []),
        (0, (), 56, "mdsi", ["DOS-4.first_dose"]),
        (0, (), 28, "trd", ["DOS-5.dose"]),
        (3, (0,), 84, "trd", []),
        (3, (0,), 56, "mdsi", []),
        (0, (0,), 56, "trd", ["DOS-7.same_day"]),
        (1, (0,), 56, "trd", ["DOS-5.interval"]),
        (6, (0, 3), 56, "trd", ["DOS-5.interval"]),
        (7, (0, 3), 56, "trd", []),
        (10, (0,), 56, "trd", ["DOS-6.gap"]),
        (28, (0, 21), 56, "trd", ["DOS-3.benefit"]),
        (35, (0, 21, 28), 56, "trd", []),
        (33, (0, 21, 28), 56, "trd", ["DOS-5.interval"]),
        (50, (0, 21, 34), 56, "trd", ["DOS-6.gap"]),
        (70, (0, 56), 84, "trd", []),
        (90, (0, 56), 84, "trd", ["DOS-6.gap"]),
        (28, (0, 25), 84, "mdsi", ["DOS-4.beyond", "DOS-4.benefit", "DOS-5.interval"]),
        (42, (0, 35), 84, "mdsi", ["DOS-4.beyond"]),
    ],
)
def test_what_the_label_says(on: int, dosed: tuple[int, ...], dose_mg: int, indication: str, expected: list[str]) -> None:
    assert keys(asked(on, dosed, dose_mg, indication)) == expected


def test_levels_and_words() -> None:
    twice = asked(0, (0,))[0]
    assert (twice.rule, twice.level) == ("DOS-7", Level.BLOCK)
    assert asked(1, (0,))[0].text == "Dosed yesterday; twice a week means days apart."
    assert asked(29, (0, 21, 28))[-1].text == "Last dosed 1 day ago; the weekly phase is once a week at most."
    assert asked(90, (0, 56), 84)[0].level is Level.NOTE


def test_a_session_elsewhere_counts_for_the_interval() -> None:
    position = course_position("trd", None, [], 3, BEGAN, BEGAN + timedelta(days=9), earlier_last_on=BEGAN + timedelta(days=8))
    found = course_findings(position=position, dose_mg=56, dosed_days=[], on=BEGAN + timedelta(days=9), protocol=REMS_ESKETAMINE)
    assert keys(found) == ["DOS-5.interval"]


def test_the_protocol_counts_devices() -> None:
    assert [REMS_ESKETAMINE.devices_for(dose) for dose in (28, 56, 84)] == [1, 2, 3]
    assert protocol_of("rems-esketamine", 1) is REMS_ESKETAMINE
    for dose in (0, 30, -28):
        with pytest.raises(ValueError, match="whole number"):
            REMS_ESKETAMINE.devices_for(dose)
