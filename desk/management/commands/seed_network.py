"""A network of many sites for `make bench SCALE=network`: site by site, each whole or not at all; begun again, it goes on where it stopped."""

import json
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from clinic import clock
from clinic.models import Site
from clinic.queries import today_at
from desk.demo.network import SLUG, add_site, head, patterns, slug_of

MOST_SITES = 999
COUNTED = "^(clinic|patients|treatment_sessions|reports)_"


class Command(BaseCommand):
    help = "Fills a demonstration on PostgreSQL with a network's facts, without audit entries. Says rows, GB and minutes."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--sites", type=int, default=200)
        parser.add_argument("--patients", type=int, default=60_000, help="In all.")
        parser.add_argument("--sessions", type=int, default=1_500_000, help="In all.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VIGIL_DEMONSTRATION or connection.vendor != "postgresql":
            raise CommandError("Only for a demonstration on PostgreSQL.")
        sites, old = options["sites"], Site.objects.filter(slug="riverside").first()
        patients, sessions = options["patients"] // sites, options["sessions"] // sites
        if old is None or not patterns(old).get("given"):
            raise CommandError("Seed the demonstration first.")
        if not (1 <= sites <= MOST_SITES and 1 <= patients <= sessions):
            raise CommandError("At most 999 sites; a patient has a session at least.")
        started, until = time.monotonic(), today_at(old, clock.now())
        head()
        there = set(Site.objects.filter(slug__startswith=f"{SLUG}-").values_list("slug", flat=True))
        for number in range(1, sites + 1):
            if slug_of(number) not in there:
                add_site(old, number=number, patients=patients, sessions=sessions, until=until)
            show(number, sites, started)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        sys.stderr.write("\n")
        self.stdout.write(json.dumps({"rows": rows(), "gigabytes": round(gigabytes(), 2), "minutes": round((time.monotonic() - started) / 60, 1)}))


def show(done: int, of: int, started: float) -> None:
    bar, minutes = "#" * (40 * done // of), (time.monotonic() - started) / 60
    sys.stderr.write(f"\r[{bar:40}] {done}/{of} sites, {gigabytes():.2f} GB, {minutes:.1f} min")
    sys.stderr.flush()


def gigabytes() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0]) / 1e9


def rows() -> int:
    """As the database counts them after ANALYZE."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(reltuples)::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > 0 AND relname ~ %s", [COUNTED])
        return int(cursor.fetchone()[0])
