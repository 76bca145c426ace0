"""When a thing was seen, which planned check it is, and which wall-clock time is meant (MON-3, MON-7); no database."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.rules.clocks import CheckState, PlannedCheck
from sessions.rules.moments import moment_of
from sessions.rules.watch import kind_of_check, minutes_late, planned_minute_of, time_findings
from tests.moment import NOW

NEW_YORK = ZoneInfo("America/New_York")


def minutes(count):
    return timedelta(minutes=count)


def checks(**states):
    return [PlannedCheck(minute, NOW + minutes(minute), CheckState(states.get(f"m{minute}", "later"))) for minute in (40, 90, 120)]


@pytest.mark.parametrize(
    ("after", "states", "expected"),
    [
        (29, {}, None),
        (30, {}, 40),
        (40, {}, 40),
        (79, {}, 40),
        (80, {}, 90),
        (45, {"m40": "done"}, None),
        (95, {"m40": "missed"}, 90),
        (100, {"m90": "done"}, None),
        (110, {"m90": "done"}, 120),
        (400, {}, 120),
        (400, {"m120": "done"}, None),
    ],
)
def test_which_planned_check_it_is(after, states, expected):
    assert planned_minute_of(observed_at=NOW + minutes(after), checks=checks(**states)) == expected


def test_before_any_plan_there_is_none():
    assert planned_minute_of(observed_at=NOW, checks=[]) is None


@pytest.mark.parametrize(
    ("dosed", "minute", "alert", "gate", "expected"),
    [
        (False, 0, False, False, "baseline"),
        (True, 40, True, False, "planned"),
        (True, None, True, True, "repeat"),
        (True, None, False, True, "final"),
        (True, None, False, False, "extra"),
    ],
)
def test_which_kind_of_check_it_is(dosed, minute, alert, gate, expected):
    assert kind_of_check(is_dosed=dosed, planned_minute=minute, has_open_alert=alert, is_gate_open=gate) == expected


@pytest.mark.parametrize(("ago", "expected"), [(0, []), (60, []), (-1, ["MON-7.future"]), (24 * 60, []), (24 * 60 + 1, ["MON-7.old"])])
def test_seen_before_it_is_written_and_not_days_ago(ago, expected):
    assert [finding.code for finding in time_findings(observed_at=NOW - minutes(ago), now=NOW)] == expected


@pytest.mark.parametrize(("gap", "expected"), [(0, 0), (10, 0), (10.5, 10), (25, 25)])
def test_over_ten_minutes_is_a_late_entry(gap, expected):
    assert minutes_late(observed_at=NOW, recorded_at=NOW + minutes(gap), late_after=minutes(10)) == expected


@pytest.mark.parametrize(
    ("now", "wall", "expected"),
    [
        # NOW is 10:00 in New York.
        (NOW, time(9, 40), NOW - minutes(20)),
        (NOW, time(10, 0), NOW),
        (NOW, time(10, 5), NOW + minutes(5)),  # a slip: refused by its rule as not yet
        (datetime(2026, 6, 10, 4, 10, tzinfo=UTC), time(23, 50), datetime(2026, 6, 10, 3, 50, tzinfo=UTC)),  # just past midnight
        # 01:30 told twice on 1 November 2026: at 06:45 UTC (01:45 the second time) the later one is meant, before it the first.
        (datetime(2026, 11, 1, 6, 45, tzinfo=UTC), time(1, 30), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        (datetime(2026, 11, 1, 6, 10, tzinfo=UTC), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_which_moment_a_wall_clock_time_means(now, wall, expected):
    assert moment_of(wall, now=now, zone=NEW_YORK) == expected


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times())
def test_a_typed_time_is_within_half_a_day_back_or_still_to_come_today(now, wall):
    now = now.replace(tzinfo=UTC)
    moment = moment_of(wall.replace(tzinfo=None), now=now, zone=NEW_YORK)
    assert now - timedelta(hours=25) < moment < now + timedelta(hours=25)
    assert moment.astimezone(NEW_YORK).date() <= now.astimezone(NEW_YORK).date()
