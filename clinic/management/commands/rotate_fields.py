"""`manage.py rotate_fields [--look]`: seals every identifier anew by the newest key; in clear, where that is `plain` or none."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import cells, resealing


class Command(BaseCommand):
    help = "Bring every sealed column to the first of VIGIL_FIELD_KEYS; --look only says what stands by which key. May be stopped and begun again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--look", action="store_true", help="change nothing")

    def handle(self, *args: Any, look: bool = False, **options: Any) -> None:
        try:
            resealing.refuse_pages_login()
            if not look:
                resealing.seal_anew(lambda table, rows: self.stdout.write(f"{table}: {rows} rows changed"))
        except (resealing.CannotSeal, cells.DoesNotOpen) as refused:
            raise CommandError(f"{refused} What was done stays done; begin again when it is mended.") from refused
        self.look()

    def look(self) -> None:
        for key_id, count in sorted(resealing.standing().items()):
            if count:
                self.stdout.write(f"{count} cells {'in clear' if key_id == cells.PLAIN else f'by the key {key_id}'}")
        self.stdout.write(f"Written now: {'sealed by ' + cells.newest() if cells.is_on() else 'in clear'}.")
