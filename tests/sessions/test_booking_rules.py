"""Booking's rules as tables, and the laws of the nearest free time (DOS-7, DOS-9, PAT-7)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.findings import Level
from sessions.rules.booking import (
    STEP,
    Day,
    Taken,
    Visit,
    booking_findings,
    dosing_span,
    latest_first_device_at,
    nearest_free,
    overlaps,
)

TODAY = date(2026, 6, 10)
START = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
LENGTH = timedelta(hours=3)
OPENS, CLOSES = datetime(2026, 6, 10, 12, 0, tzinfo=UTC), datetime(2026, 6, 10, 22, 0, tzinfo=UTC)
OPEN = Day(today=TODAY, opens_at=OPENS, closes_at=CLOSES, latest_dose_at=CLOSES - timedelta(minutes=155))
CLOSED = Day(today=TODAY, opens_at=None, closes_at=None, latest_dose_at=None)


def wanted(start: datetime = START, *, on: date = TODAY, chair: int = 1, patient: int = 1, session: int | None = None) -> Visit:
    return Visit(
        session_pk=session,
        chair_pk=chair,
        patient_pk=patient,
        treatment_on=on,
        starts_at=start,
        ends_at=start + LENGTH,
        dose_at=start + timedelta(minutes=30),
    )


def taken(start: datetime = START, *, pk: int = 9, chair: int = 1, patient: int = 2, on: date = TODAY, holds_chair: bool = True) -> Taken:
    return Taken(pk, chair, patient, on, start, start + LENGTH, holds_chair)


def codes(visit: Visit, *others: Taken, day: Day = OPEN, status: str = "active", has_order: bool = True) -> list[str]:
    return [finding.key for finding in booking_findings(visit, taken=others, day=day, patient_status=status, has_order=has_order)]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (taken(), ["BOOK.chair"]),
        (taken(chair=2), []),
        (taken(holds_chair=False), []),
        (taken(START + LENGTH), []),
        (taken(START - LENGTH), []),
        (taken(START + LENGTH - timedelta(minutes=1)), ["BOOK.chair"]),
        (taken(START + timedelta(hours=6), chair=2, patient=1), ["DOS-7.booked"]),
        (taken(START + timedelta(hours=6), chair=2, patient=1, holds_chair=False), ["DOS-7.booked"]),
        (taken(chair=2, patient=1, on=TODAY + timedelta(days=1)), ["BOOK.patient"]),
        (taken(chair=2, patient=1, on=TODAY + timedelta(days=1), holds_chair=False), []),
        (taken(START + timedelta(hours=6), chair=2, patient=1, on=TODAY + timedelta(days=1)), []),
        (taken(patient=1), ["BOOK.chair", "DOS-7.booked"]),
    ],
)
def test_no_chair_and_no_patient_twice(other: Taken, expected: list[str]) -> None:
    assert codes(wanted(), other) == expected


def test_a_moved_visit_does_not_stand_in_its_own_way() -> None:
    assert codes(wanted(session=9, patient=2), taken()) == []


@pytest.mark.parametrize(
    ("visit", "day", "expected"),
    [
        (wanted(), OPEN, []),
        (wanted(on=TODAY - timedelta(days=1)), OPEN, ["BOOK.past"]),
        (wanted(on=TODAY + timedelta(days=401)), OPEN, ["BOOK.far"]),
        (wanted(on=TODAY + timedelta(days=400)), OPEN, []),
        (wanted(), CLOSED, ["DOS-9.closed"]),
        (wanted(OPENS - timedelta(minutes=1)), OPEN, ["DOS-9.early"]),
        (wanted(CLOSES - timedelta(minutes=185)), OPEN, []),
        (wanted(CLOSES - timedelta(minutes=184)), OPEN, ["DOS-9.late"]),
        (wanted(), Day(today=TODAY, opens_at=OPENS, closes_at=CLOSES, latest_dose_at=None), []),
    ],
)
def test_the_sites_day(visit: Visit, day: Day, expected: list[str]) -> None:
    assert codes(visit, day=day) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", []),
        ("paused", [("PAT-7.paused", Level.NOTE)]),
        ("ended", [("PAT-7.closed", Level.BLOCK)]),
        ("deceased", [("PAT-7.closed", Level.BLOCK)]),
    ],
)
def test_the_patients_status(status: str, expected: list[tuple[str, Level]]) -> None:
    found = booking_findings(wanted(), taken=[], day=OPEN, patient_status=status, has_order=True)
    assert [(finding.key, finding.level) for finding in found] == expected


def test_a_missing_order_is_a_note_and_blocks_come_first() -> None:
    assert codes(wanted(), taken(), has_order=False) == ["BOOK.chair", "DOS-8.booking"]


def test_latest_first_device_leaves_dosing_watch_and_half_an_hour() -> None:
    """Closing 22:00, three devices (10 minutes), two hours, half an hour: 19:20 (DOS-9)."""
    dosing = dosing_span(devices=3, rest=timedelta(minutes=5))
    latest = latest_first_device_at(ends=[None, CLOSES, CLOSES + timedelta(hours=1)], dosing=dosing, minimum_watch=timedelta(hours=2))
    assert latest == datetime(2026, 6, 10, 19, 20, tzinfo=UTC)
    assert latest_first_device_at(ends=[None], dosing=dosing, minimum_watch=timedelta(hours=2)) is None
    assert dosing_span(devices=0, rest=timedelta(minutes=5)) == timedelta(0)


def test_nearest_free_prefers_the_wanted_chair() -> None:
    free = nearest_free(wanted(), chairs=[1, 2], taken=[taken()], day=OPEN, not_before=OPENS)
    assert (free[0].chair_pk, free[0].starts_at) == (2, START)
    assert len({option.starts_at for option in free}) == len(free) == 3


@pytest.mark.parametrize("day", [CLOSED, Day(today=TODAY, opens_at=OPENS, closes_at=CLOSES, latest_dose_at=None)])
def test_a_closed_day_offers_nothing(day: Day) -> None:
    assert nearest_free(wanted(), chairs=[1], taken=[], day=day, not_before=OPENS) == []


starts = st.integers(min_value=-8, max_value=60).map(lambda step: OPENS + step * STEP)
others = st.lists(st.tuples(starts, st.integers(1, 3), st.booleans()), max_size=8)


@given(start=starts, rows=others, not_before=starts)
def test_what_is_offered_can_be_had(start: datetime, rows: list[tuple[datetime, int, bool]], not_before: datetime) -> None:
    """No offer breaks a rule of its own: free, within hours, not in the past."""
    booked = [taken(at, pk=10 + number, chair=chair, patient=100 + number, holds_chair=holds) for number, (at, chair, holds) in enumerate(rows)]
    for option in nearest_free(wanted(start), chairs=[1, 2, 3], taken=booked, day=OPEN, not_before=not_before):
        assert option.starts_at >= not_before
        assert codes(wanted(option.starts_at, chair=option.chair_pk), *booked) == []


@given(one=starts, other=starts)
def test_overlap_is_mutual(one: datetime, other: datetime) -> None:
    assert overlaps(wanted(one), taken(other)) == overlaps(taken(other), wanted(one)) == (abs(one - other) < LENGTH)
