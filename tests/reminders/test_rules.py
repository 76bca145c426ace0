"""When messages may go, at clock changes too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.rules import moments as rules
from reminders.rules import retries

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"]
MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(7, 59, True), (8, 0, False), (12, 0, False), (20, 59, False), (21, 0, True), (23, 30, True), (0, 0, True)]
)
def test_quiet_hours(hour: int, minute: int, quiet: bool) -> None:
    at = datetime(2026, 6, 10, hour, minute, tzinfo=NEW_YORK)
    assert rules.is_quiet(at, NEW_YORK) is quiet


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 6, 10, 9, 0, tzinfo=NEW_YORK), datetime(2026, 6, 10, 9, 0, tzinfo=NEW_YORK)),
        (datetime(2026, 6, 10, 5, 0, tzinfo=NEW_YORK), datetime(2026, 6, 10, 8, 0, tzinfo=NEW_YORK)),
        (datetime(2026, 6, 10, 22, 0, tzinfo=NEW_YORK), datetime(2026, 6, 11, 8, 0, tzinfo=NEW_YORK)),
        # The nights of both clock changes: eight o'clock on the wall, thirteen and eleven hours of UTC apart.
        (datetime(2026, 3, 7, 22, 0, tzinfo=NEW_YORK), datetime(2026, 3, 8, 8, 0, tzinfo=NEW_YORK)),
        (datetime(2026, 10, 31, 22, 0, tzinfo=NEW_YORK), datetime(2026, 11, 1, 8, 0, tzinfo=NEW_YORK)),
    ],
)
def test_next_allowed(at: datetime, expected: datetime) -> None:
    assert rules.next_allowed(at, NEW_YORK) == expected


@pytest.mark.parametrize("zone", ZONES)
@given(at=MOMENTS)
def test_next_allowed_is_never_quiet_and_never_earlier(zone: str, at: datetime) -> None:
    found = rules.next_allowed(at, ZoneInfo(zone))
    assert at <= found <= at + timedelta(hours=12)
    assert not rules.is_quiet(found, ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
@given(starts_at=MOMENTS)
def test_the_day_before_is_ten_o_clock_on_the_wall(zone: str, starts_at: datetime) -> None:
    due = rules.day_before_due_at(starts_at=starts_at, zone=ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert (due.hour, due.minute) == (10, 0)
    assert (starts_at.astimezone(ZoneInfo(zone)).date() - due.date()).days == 1


def test_an_hour_that_the_spring_change_skips_becomes_a_real_one() -> None:
    from datetime import date, time

    assert rules.local_moment(date(2026, 3, 8), time(2, 30), NEW_YORK) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1800), (8, 1800)])
def test_waits_grow_up_to_half_an_hour(attempts: int, seconds: int) -> None:
    assert retries.wait_before_retry(attempts=attempts, jitter=1.0) == timedelta(seconds=seconds)
    assert retries.wait_before_retry(attempts=attempts, jitter=0.0) == timedelta(seconds=seconds / 2)


@pytest.mark.parametrize(("attempts", "minutes", "may"), [(1, 5, True), (7, 5, True), (8, 5, False), (1, 60, False)])
def test_a_retry_must_still_help(attempts: int, minutes: int, may: bool) -> None:
    now = datetime(2026, 6, 10, 14, tzinfo=UTC)
    assert retries.may_retry(attempts=attempts, next_at=now + timedelta(minutes=minutes), useless_at=now + timedelta(minutes=30)) is may


def test_useless_three_hours_before_the_visit() -> None:
    starts_at = datetime(2026, 6, 10, 14, tzinfo=UTC)
    assert rules.useless_from(starts_at=starts_at) == starts_at - timedelta(hours=3)
