"""`manage.py anchor_key [--make]`: prints the public half of the key that signs anchors; keep it where the anchors are kept."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import anchor_keys


class Command(BaseCommand):
    help = "Print the public key of the anchors; --make writes a new private one into VIGIL_ANCHOR_KEY_FILE first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--make", action="store_true", help="make a key; refused where there is one")

    def handle(self, *args: Any, make: bool = False, **options: Any) -> None:
        try:
            key = anchor_keys.make_key() if make else anchor_keys.signing_key()
        except anchor_keys.NoKey as missing:
            raise CommandError(str(missing)) from missing
        self.stdout.write(key.public.text)
