"""`manage.py anchor_key [--make | --renew]`: prints the public half of the key that signs anchors; keep it where the anchors are kept."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import anchor_keys


class Command(BaseCommand):
    help = "Print the public key of the anchors; --make writes a new private one into VIGIL_ANCHOR_KEY_FILE first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--make", action="store_true", help="make a key; refused where there is one")
        parser.add_argument("--renew", action="store_true", help="put a new key in the place of the old one, which signs the change")

    def handle(self, *args: Any, make: bool = False, renew: bool = False, **options: Any) -> None:
        try:
            if renew:
                self.renewed(*anchor_keys.renew_key())
                return
            key = anchor_keys.make_key() if make else anchor_keys.signing_key()
        except anchor_keys.NoKey as missing:
            raise CommandError(str(missing)) from missing
        self.stdout.write(key.public.text)

    def renewed(self, old: anchor_keys.SigningKey, new: anchor_keys.SigningKey) -> None:
        """The new public key; and that the old one says so, for whoever keeps the anchors and knows the old one alone."""
        said = f"vigil-anchor-key {new.public.text} after {old.public.text}"
        self.stdout.write(f"{new.public.text}\n# {said} {old.sign(said)}")
