"""`manage.py verify_database [--manifest FILE]`: checks, guards, migrations, audit trail, signatures and counts of one database."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from clinic.backups.failure import BackupFailed
from clinic.backups.manifest import read_manifest
from clinic.management.every_site import EverySiteCommand
from clinic.verifying import verified_database


class Command(EverySiteCommand):
    help = "Verify the whole database; with a backup's manifest also that it holds what was saved. Ends with 1 when anything doesn't hold."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--manifest", type=Path, help="the .json beside a backup")
        parser.add_argument("--json", action="store_true", help="answer in one line of JSON")

    def handle(self, *args: Any, manifest: Path | None = None, **options: Any) -> None:
        try:
            proof = verified_database(read_manifest(manifest).contents if manifest else None)
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        if options["json"]:
            self.stdout.write(json.dumps(asdict(proof)))
            return
        for fault in proof.faults:
            self.stdout.write(f"BROKEN: {fault}")
        if proof.waiting:
            raise CommandError(f"{proof.waiting} migrations are not applied: run `manage.py migrate`, then verify again.")
        if proof.faults:
            raise CommandError(f"{len(proof.faults)} things don't hold.")
        self.stdout.write(f"{proof.rows} rows, {proof.entries} entries of the audit trail, {proof.signatures} signatures: all hold.")
