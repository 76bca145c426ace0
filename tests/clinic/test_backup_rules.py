"""When backups and drills are due and late, and which files go."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules import backups

pytestmark = pytest.mark.engine_free

AT = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
H = timedelta(hours=1)
D = timedelta(days=1)


@pytest.mark.parametrize(
    ("good", "tried", "hour", "due"),
    [
        (None, None, 8, True),
        (AT - H, AT - H, 8, False),
        (AT - 2 * H, AT - 2 * H, 8, True),
        (AT - 20 * H, AT - 20 * H, 10, False),
        (AT - 24 * H, AT - 24 * H, 10, True),
        (AT - D, AT - H / 2, 8, False),
        (AT - D, AT - H, 8, True),
        (None, AT - H / 2, 8, False),
    ],
)
def test_a_backup_is_due_once_a_day_and_again_an_hour_after_a_failure(good: datetime, tried: datetime, hour: int, due: bool) -> None:
    assert backups.backup_is_due(last_good=good, last_tried=tried, hour=hour, now=AT) is due


@pytest.mark.parametrize(
    ("good", "tried", "due"),
    [
        (None, None, True),
        (AT - 6 * D, AT - 6 * D, False),
        (AT - 7 * D, AT - 7 * D, True),
        (AT - 8 * D, AT - H, False),
        (None, AT - D, True),
    ],
)
def test_a_drill_is_due_every_week_and_a_day_after_a_failure(good: datetime, tried: datetime, due: bool) -> None:
    assert backups.drill_is_due(last_good=good, last_tried=tried, now=AT) is due


def test_late_and_lost() -> None:
    assert backups.is_late(None, AT, backups.BACKUP_LATE_AFTER)
    assert backups.is_late(AT - 27 * H, AT, backups.BACKUP_LATE_AFTER)
    assert not backups.is_late(AT - 26 * H, AT, backups.BACKUP_LATE_AFTER)
    assert [backups.is_lost(AT - hours * H, AT) for hours in (2, 3)] == [False, True]


def test_old_files_go_but_never_the_newest() -> None:
    made = {f"{days:02}": AT - days * D for days in range(40)}
    assert backups.thrown_away(made, now=AT, keep_days=30) == [f"{days}" for days in range(39, 30, -1)]
    stopped = {name: at - 365 * D for name, at in made.items()}
    assert len(backups.thrown_away(stopped, now=AT, keep_days=30)) == 33
    assert backups.thrown_away({"one": AT - 99 * D}, now=AT, keep_days=30) == []
