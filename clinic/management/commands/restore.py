"""`manage.py restore FILE [--identity FILE] [--into URL] [--yes-replace]`: brings a backup back, proven before it is put in place."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from clinic import clock
from clinic.backups import BackupFailed, Place, restore
from clinic.backups.making import stamp_of
from clinic.backups.sealing import identities_in


class Command(BaseCommand):
    help = "Restore a backup. It is opened, restored beside, checked in full, and only then takes the database's place. Stop Vigil first."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the backup; its manifest (.json) lies beside it")
        parser.add_argument("--identity", type=Path, help="age's identity file that opens it")
        parser.add_argument("--into", help="another database, empty or yet to be made: postgres://… or sqlite:////…")
        parser.add_argument("--yes-replace", action="store_true", help="put it in the place of a database that holds data, which is kept beside")

    def handle(self, *args: Any, file: Path, identity: Path | None, into: str | None, yes_replace: bool, **options: Any) -> None:
        try:
            place = Place.of_url(into) if into else Place.in_use()
            stamp = stamp_of(clock.real_now())
            connections.close_all()
            keys = identities_in(identity) if identity else None
            done = restore(file.absolute(), place, identities=keys, stamp=stamp, may_replace=yes_replace)
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        proven = f"{done.proof.rows} rows, {done.proof.entries} entries of the audit trail and {done.proof.signatures} signatures hold"
        self.stdout.write(f"{place.shown} is as it was on {done.manifest.at:%Y-%m-%d %H:%M:%S} UTC: {proven}.")
        if done.kept:
            self.stdout.write(f"What stood there before is kept as {done.kept}. Delete it when you no longer need it.")
