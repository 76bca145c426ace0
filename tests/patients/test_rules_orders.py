"""What an order carries, and which new one makes sense (DOS-8)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic.findings import Level
from patients.rules.orders import OrderFacts, new_order_problems, order_findings
from patients.rules.protocol import REMS_ESKETAMINE
from tests.moment import TODAY

ORDER = OrderFacts(
    dose_mg=56,
    sessions=8,
    valid_from_on=TODAY,
    valid_until_on=TODAY + timedelta(days=30),
    ordered_on=TODAY,
    is_signed=True,
    is_spoken=False,
    is_cancelled=False,
)


@pytest.mark.parametrize(
    ("changes", "asked", "expected"),
    [
        ({}, {}, []),
        ({"is_cancelled": True}, {}, ["DOS-8.cancelled"]),
        ({"is_signed": False}, {}, ["DOS-8.unsigned"]),
        ({"is_signed": False, "is_spoken": True}, {}, ["DOS-8.cosign"]),
        ({"is_signed": False, "is_spoken": True}, {"on": TODAY + timedelta(days=1)}, ["DOS-8.cosign_missed"]),
        ({"is_spoken": True}, {"on": TODAY + timedelta(days=1)}, []),
        ({}, {"on": TODAY - timedelta(days=1)}, ["DOS-8.period"]),
        ({}, {"on": TODAY + timedelta(days=31)}, ["DOS-8.period"]),
        ({}, {"used_sessions": 8}, ["DOS-8.used_up"]),
        ({}, {"dose_mg": 84}, ["DOS-8.dose"]),
    ],
)
def test_what_an_order_carries(changes: dict, asked: dict, expected: list[str]) -> None:
    found = order_findings(**{"order": replace(ORDER, **changes), "dose_mg": 56, "used_sessions": 0, "on": TODAY, **asked})
    assert [finding.key for finding in found] == expected
    assert all(finding.level is (Level.NOTE if finding.key == "DOS-8.cosign" else Level.BLOCK) for finding in found)


def test_no_order_blocks() -> None:
    assert [finding.key for finding in order_findings(order=None, dose_mg=56, used_sessions=0, on=TODAY)] == ["DOS-8.missing"]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set()),
        ({"dose_mg": 84}, set()),
        ({"dose_mg": 60}, {"dose_mg"}),
        ({"dose_mg": 0}, {"dose_mg"}),
        ({"dose_mg": 28 * 7}, {"dose_mg"}),
        ({"dose_mg": 28}, {"other_dose_reason"}),
        ({"dose_mg": 28, "other_dose_reason": "Elderly"}, set()),
        ({"sessions": 0}, {"sessions"}),
        ({"sessions": 61}, {"sessions"}),
        ({"valid_until_on": TODAY - timedelta(days=1)}, {"valid_until_on"}),
        ({"valid_from_on": date(2026, 1, 1), "valid_until_on": TODAY - timedelta(days=1)}, {"valid_until_on"}),
        ({"valid_until_on": date(2028, 1, 1)}, {"valid_until_on"}),
    ],
)
def test_new_orders(changes: dict, fields: set[str]) -> None:
    order = {"dose_mg": 56, "other_dose_reason": "", "sessions": 8, "valid_from_on": TODAY, "valid_until_on": TODAY + timedelta(days=30), **changes}
    assert set(new_order_problems(**order, today=TODAY, protocol=REMS_ESKETAMINE)) == fields
