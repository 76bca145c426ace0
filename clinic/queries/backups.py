"""How the backups stand: the last good one, what failed since, and whether it is late. For the operator's page and the metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.models import BackupRun
from clinic.rules import backups

Kind, Status = BackupRun.Kind, BackupRun.Status


@dataclass(frozen=True)
class Standing:
    """`good` is the newest that succeeded, `failed` the newest failure since; `age` counts from the good one's start."""

    good: BackupRun | None
    failed: BackupRun | None
    age: timedelta | None
    is_late: bool


def last_backup(now: datetime) -> Standing:
    """A drill is a backup too: its file is kept like any other."""
    return standing([Kind.BACKUP, Kind.DRILL], now, backups.BACKUP_LATE_AFTER)


def last_drill(now: datetime) -> Standing:
    return standing([Kind.DRILL], now, backups.DRILL_LATE_AFTER)


def standing(kinds: list[BackupRun.Kind], now: datetime, late_after: timedelta) -> Standing:
    runs = BackupRun.objects.filter(kind__in=kinds).order_by("-started_at", "-pk")
    good = runs.filter(status=Status.GOOD).first()
    failures = runs.filter(status=Status.FAILED)
    failed = (failures.filter(started_at__gt=good.started_at) if good is not None else failures).first()
    started_at = good.started_at if good is not None else None
    age = now - started_at if started_at is not None else None
    return Standing(good, failed, age, backups.is_late(started_at, now, late_after))


def due_kind(now: datetime, *, hour: int) -> str | None:
    """What is due now: the weekly drill, which is a backup too, before the daily backup."""
    drill, backup = last_drill(now), last_backup(now)
    if backups.drill_is_due(last_good=began(drill.good), last_tried=latest(drill), now=now):
        return Kind.DRILL
    return Kind.BACKUP if backups.backup_is_due(last_good=began(backup.good), last_tried=latest(backup), hour=hour, now=now) else None


def began(run: BackupRun | None) -> datetime | None:
    return run.started_at if run is not None else None


def latest(of: Standing) -> datetime | None:
    return began(of.failed) or began(of.good)


def last_runs(count: int = 10) -> list[BackupRun]:
    return list(BackupRun.objects.order_by("-started_at", "-pk")[:count])
