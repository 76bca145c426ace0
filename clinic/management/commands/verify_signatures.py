"""`manage.py verify_signatures [--site SLUG]`: renders again what was signed and names each signature that no longer holds."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from clinic import signatures
from clinic.management.commands.verify_audit import site_of
from clinic.management.every_site import EverySiteCommand
from clinic.models import Signature


class Command(EverySiteCommand):
    help = "Verify every signature against what it signed. Ends with 1 when a signed record was changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", help="only this site's signatures (its slug)")

    def handle(self, *args: Any, site: str | None = None, **options: Any) -> None:
        chosen = site_of(site)
        signed = Signature.objects.filter(site=chosen) if chosen else Signature.objects.all()
        broken = [self.told(found) for found in signatures.broken(signed)]
        if broken:
            raise CommandError(f"{len(broken)} of {signed.count()} signatures don't hold.")
        self.stdout.write(f"{signed.count()} signatures: all hold.")

    def told(self, found: signatures.Broken) -> signatures.Broken:
        mark = found.signature
        self.stdout.write(f"signature {mark.pk} of {mark.target_kind} {mark.target_pk}, {mark.signed_at.isoformat()}: BROKEN: {found.reason}")
        return found
