"""A run of a backup or a drill: it takes its place, and says how it ended."""

from datetime import datetime

from django.db import IntegrityError, transaction

from clinic import audit
from clinic.findings import refuse
from clinic.models import BackupRun
from clinic.rules.backups import is_lost

Status = BackupRun.Status


@transaction.atomic
def begin_run(*, kind: str, engine: str, is_encrypted: bool, now: datetime) -> BackupRun:
    """Take the place. Raises Refused while another run holds it; one that was cut off is failed."""
    for other in BackupRun.objects.select_for_update().filter(status=Status.RUNNING):
        if not is_lost(other.started_at, now):
            raise refuse("BACKUP", f"A backup is under way since {other.started_at:%H:%M} UTC.")
        fail_run(other, why="It was cut off.", seconds=None, now=now)
    try:
        with transaction.atomic():
            return BackupRun.objects.create(kind=kind, engine=engine, is_encrypted=is_encrypted, started_at=now)
    except IntegrityError as taken:
        raise refuse("BACKUP", "A backup has just begun elsewhere.") from taken


@transaction.atomic
def end_run(
    run: BackupRun, *, file_name: str, size: int, sha256: str, rows: int, entries: int, signatures: int, seconds: float, now: datetime
) -> None:
    """It is good: its file stands, and a drill's was restored and holds."""
    run.file_name, run.size, run.sha256, run.rows, run.entries, run.signatures = file_name, size, sha256, rows, entries, signatures
    run.status, run.ended_at, run.seconds = Status.GOOD, now, seconds
    run.save()
    changes = {"kind": run.kind, "file": file_name, "sha256": sha256, "rows": rows, "encrypted": run.is_encrypted}
    audit.record(action="backup.made", target=run, by=None, now=now, changes=changes)


@transaction.atomic
def fail_run(run: BackupRun, *, why: str, seconds: float | None, now: datetime) -> None:
    """`why` is a sentence of ours, without a patient's data."""
    run.status, run.ended_at, run.seconds, run.why = Status.FAILED, now, seconds, why[:300]
    run.save()
    audit.record(action="backup.failed", target=run, by=None, now=now, changes={"kind": run.kind})
