"""What is said about a device, who may take one back, when the gate would open earlier (DOS-2, DEV-1, OUT-4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.findings import Level
from sessions.rules.dosing import Device, device_findings, kit_findings, may_undo, opens_earlier

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
REST = timedelta(minutes=5)
GOOD = Device(
    given_at=NOW, given_on=date(2026, 6, 10), sprays=2, expires_on=date(2027, 1, 1), lot="A1", indicator_ok=True, route="bulk", label_checked=False,
    previous_at=None, previous_route="", devices_before=0, devices_ordered=2,
)  # fmt: skip
B, N = Level.BLOCK, Level.NOTE


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        (GOOD, []),
        (replace(GOOD, expires_on=date(2026, 6, 10)), []),
        (replace(GOOD, expires_on=date(2026, 6, 9)), [("DOS-2.expired", B)]),
        (replace(GOOD, expires_on=None), [("DEV-3.unknown", N)]),
        (replace(GOOD, lot=""), [("DEV-3.unknown", N)]),
        (replace(GOOD, indicator_ok=False), [("DOS-2.indicator", N)]),
        (replace(GOOD, sprays=1), [("DOS-2.partial", N)]),
        (replace(GOOD, sprays=0), [("DOS-2.partial", N)]),
        (replace(GOOD, route="patient"), [("DEV-1.label", B)]),
        (replace(GOOD, route="patient", label_checked=True), []),
        (replace(GOOD, previous_at=NOW - REST, previous_route="bulk", devices_before=1), []),
        (replace(GOOD, previous_at=NOW - REST, previous_route="patient", devices_before=1), [("DEV-1.mixed", B)]),
        (replace(GOOD, previous_at=NOW - timedelta(minutes=4), previous_route="bulk", devices_before=1), [("DOS-2.rest", N)]),
        (replace(GOOD, previous_at=NOW - REST, previous_route="bulk", devices_before=2), [("DOS-8.more", B)]),
        (replace(GOOD, previous_at=NOW - REST, previous_route="bulk", devices_before=2, sprays=0), [("DOS-2.partial", N)]),
        (replace(GOOD, previous_at=NOW - REST, previous_route="bulk", devices_before=9, devices_ordered=None), []),
    ],
)
def test_what_is_said_of_a_device(device: Device, expected: list[tuple[str, Level]]) -> None:
    assert [(finding.key, finding.level) for finding in device_findings(device, rest=REST)] == expected


def test_an_expired_kit_blocks_the_start() -> None:
    assert [finding.level for finding in kit_findings(date(2026, 6, 9), date(2026, 6, 10), "A1")] == [B]


@pytest.mark.parametrize(
    ("seconds", "is_same_person", "is_latest", "expected"),
    [
        (0, True, True, True),
        (60, True, True, True),
        (61, True, True, False),
        (-1, True, True, False),
        (5, False, True, False),
        (5, True, False, False),
    ],
)
def test_who_may_take_one_back(seconds: int, is_same_person: bool, is_latest: bool, expected: bool) -> None:
    assert may_undo(recorded_at=NOW, now=NOW + timedelta(seconds=seconds), is_same_person=is_same_person, is_latest=is_latest) is expected
    assert not may_undo(recorded_at=NOW, now=NOW, is_same_person=True, is_latest=True, is_correction=True)


moments = st.none() | st.integers(-500, 500).map(lambda minute: NOW + timedelta(minutes=minute))


@given(moments, moments)
def test_earlier_is_earlier(before: datetime | None, after: datetime | None) -> None:
    """No device left opens the gate at once; a gate that nobody waits for can't open earlier (OUT-4)."""
    expected = before is not None and (after is None or after < before)
    assert opens_earlier(before=before, after=after) is expected
