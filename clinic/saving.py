"""One run of a backup or a drill from its beginning to its end, for the command and for the worker."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from clinic.actions.backups import begin_run, end_run, fail_run
from clinic.backups import BackupFailed, Made, Place, Proof, make, prove, restored_in_scratch
from clinic.backups.making import prune, stamp_of
from clinic.models import BackupRun

NO_RECIPIENT = "VIGIL_BACKUP_RECIPIENTS names nobody: a backup in clear is refused. Name an age recipient, or say --plain."


def saved(*, kind: str, folder: Path, ask_now: Callable[[], datetime], is_plain: bool = False) -> BackupRun:
    """Make a backup; a drill is read back, restored into a scratch database and proven. Raises BackupFailed, and Refused while another runs."""
    recipients = [] if is_plain else settings.VIGIL_BACKUP_RECIPIENTS
    place, now, began = Place.in_use(), ask_now(), time.monotonic()
    is_drill = kind == BackupRun.Kind.DRILL
    run = begin_run(kind=kind, engine=place.engine, is_encrypted=bool(recipients), now=now)
    try:
        if not recipients and not is_plain and not settings.VIGIL_DEMONSTRATION:
            raise BackupFailed(NO_RECIPIENT)
        made = make(place, folder=folder, recipients=recipients, now=now, to_be_read_back=is_drill)
        proof = read_back(made, place, now=now) if is_drill else None
    except Exception as failure:
        why = str(failure) if isinstance(failure, BackupFailed) else f"It broke off ({type(failure).__name__})."
        fail_run(run, why=why, seconds=time.monotonic() - began, now=ask_now())
        raise
    end_run(
        run, file_name=made.path.name, size=made.manifest.size, sha256=made.manifest.sha256, rows=made.manifest.rows,
        entries=proof.entries if proof else 0, signatures=proof.signatures if proof else 0, seconds=time.monotonic() - began, now=ask_now(),
    )  # fmt: skip
    prune(folder, keep_days=settings.VIGIL_BACKUP_KEEP_DAYS, now=now)
    return run


def read_back(made: Made, place: Place, *, now: datetime) -> Proof:
    """From the disk, as on the day when it is needed. Raises BackupFailed where anything differs."""
    with restored_in_scratch(made.path, place, identities=made.passing_keys, stamp=stamp_of(now)) as scratch:
        proof = prove(scratch, made.manifest_path)
    if proof.faults or proof.waiting:
        raise BackupFailed(f"The backup was restored and doesn't hold: {'; '.join(proof.faults) or 'migrations are not applied'}")
    return proof
