"""`manage.py rotate_fields [--look]`: seals every identifier anew by the newest key; in clear, where that is `plain` or none."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import cells, clock, resealing
from clinic.actions.rotating import end_rotation, rotate_site
from clinic.models import Site


class Command(BaseCommand):
    help = "Bring every sealed column to the first of VIGIL_FIELD_KEYS; --look only says what stands by which key. May be stopped and begun again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--look", action="store_true", help="change nothing")

    def handle(self, *args: Any, look: bool = False, **options: Any) -> None:
        try:
            resealing.refuse_pages_login()
            if not look:
                self.rotate()
        except (resealing.CannotSeal, cells.DoesNotOpen) as refused:
            raise CommandError(f"{refused} What was done stays done; begin again when it is mended.") from refused
        self.look()

    def rotate(self) -> None:
        """Stopped by Ctrl-C as by a row that doesn't open, the installation's trail says that it wasn't finished."""
        done, is_whole = Counter({model._meta.db_table: 0 for model in resealing.sealed_models()}), False
        try:
            for site in Site.objects.order_by("pk"):
                done.update(rotate_site(site, now=clock.now))
            is_whole = True
        finally:
            end_rotation(done, is_whole=is_whole, now=clock.now())
        for table, rows in done.items():
            self.stdout.write(f"{table}: {rows} rows changed")

    def look(self) -> None:
        for title, among in (("", resealing.sealed_models()), (" of history, which stays as it is", resealing.history())):
            for key_id, count in sorted(resealing.standing(among).items()):
                if count:
                    self.stdout.write(f"{count} cells {'in clear' if key_id == cells.PLAIN else f'by the key {key_id}'}{title}")
        self.stdout.write(f"Written now: {'sealed by ' + cells.newest() if cells.is_on() else 'in clear'}.")
