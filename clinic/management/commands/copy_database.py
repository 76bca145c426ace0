"""`manage.py copy_database URL`: this installation's database into an empty one, SQLite to PostgreSQL or back; compared, then verified."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from clinic.backups import BackupFailed, Place, prove
from clinic.backups.copying import SOURCE, TARGET, Copied, copy_all, differing
from clinic.backups.engines import engine_of
from clinic.backups.proving import manage


class Command(BaseCommand):
    help = "Copy the whole database to URL, ids kept. Stop Vigil first. Ends with 1 unless both hold and agree in every row."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="postgres://user:password@host:5432/name or sqlite:////absolute/file; empty or only migrated")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        try:
            place = Place.of_url(url)
            faults = self.copied(place)
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        for fault in faults:
            self.stdout.write(f"BROKEN: {fault}")
        if faults:
            raise CommandError(f"The copy doesn't hold ({len(faults)} faults). Go on with the old database.")
        self.stdout.write(f"Both hold and agree in every row. Set DATABASE_URL to {place.shown} and start Vigil.")

    def copied(self, place: Place) -> list[str]:
        if not engine_of(place).is_empty(place):
            raise BackupFailed(f"{place.shown} holds a clinic's data. Name an empty database.")
        migrated = manage(place, "migrate", "--verbosity", "0")
        if migrated.returncode:
            raise BackupFailed(f"{place.shown} can't be migrated: {(migrated.stderr.strip().splitlines() or ['no answer'])[-1][:160]}")
        connections.databases[TARGET] = {**connections[SOURCE].settings_dict, **self.described(place)}
        try:
            done = copy_all(self.told)
            self.stdout.write("Reading it back …")
            faults = differing(done)
        finally:
            connections[TARGET].close()
            del connections[TARGET], connections.databases[TARGET]
        here, there = prove(Place.in_use()), prove(place)
        self.stdout.write(
            f"here: {here.entries} entries of the audit trail, {here.signatures} signatures; there: {there.entries}, {there.signatures}"
        )
        faults += [f"here: {fault}" for fault in here.faults] + [f"there: {fault}" for fault in there.faults]
        if (here.entries, here.signatures) != (there.entries, there.signatures):
            faults.append("audit entries or signatures differ in number")
        return faults

    def described(self, place: Place) -> dict[str, Any]:
        if place.engine == "sqlite":
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": place.name, "OPTIONS": settings.SQLITE_OPTIONS}
        return {
            "ENGINE": "django.db.backends.postgresql", "NAME": place.name, "HOST": place.host, "PORT": place.port, "USER": place.user,
            "PASSWORD": place.password, "OPTIONS": dict(place.options),
        }  # fmt: skip

    def told(self, done: Copied) -> None:
        if done.rows:
            self.stdout.write(f"{done.table}: {done.rows}")
