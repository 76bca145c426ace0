"""`manage.py backup [--verify] [--plain] [--to FOLDER]`: saves the whole database; with --verify restores and checks it at once."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic import clock
from clinic.backups import BackupFailed
from clinic.findings import Refused
from clinic.models import BackupRun
from clinic.saving import saved


class Command(BaseCommand):
    help = "Back the database up: sealed with age for VIGIL_BACKUP_RECIPIENTS, with its manifest beside it (docs/backup.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--verify", action="store_true", help="restore it into a scratch database and check everything there")
        parser.add_argument("--plain", action="store_true", help="in clear, without a recipient")
        parser.add_argument("--to", type=Path, default=settings.VIGIL_BACKUP_DIR, help="the folder (default: VIGIL_BACKUP_DIR)")

    def handle(self, *args: Any, verify: bool, plain: bool, to: Path, **options: Any) -> None:
        kind = BackupRun.Kind.DRILL if verify else BackupRun.Kind.BACKUP
        try:
            run = saved(kind=kind, folder=to.absolute(), ask_now=clock.now, is_plain=plain)
        except (BackupFailed, Refused) as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(f"{to.absolute() / run.file_name}: {run.rows} rows, {run.size} bytes{'' if run.is_encrypted else ', IN CLEAR'}")
        if verify:
            proven = f"{run.entries} entries of the audit trail and {run.signatures} signatures hold"
            self.stdout.write(f"Restored into a scratch database and checked: {proven}, in {run.minutes} minutes.")
