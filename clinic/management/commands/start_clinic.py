"""`manage.py start_clinic`: the first organisation, site and administrator of a real installation; prints the administrator's link."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from clinic import clock
from clinic.actions.start import start_clinic
from clinic.findings import Refused

NEEDED = {
    "organisation": "name of the organisation",
    "site": "name of its first site",
    "slug": "the site's word in every address, such as riverside",
    "zone": "the site's time zone, such as America/New_York",
    "admin-email": "e-mail of the first administrator",
    "admin-name": "name of the first administrator, as it is printed",
}
FURTHER = {
    "public-name": "neutral name that patients read in messages (MSG-4)",
    "address": "address of the site",
    "phone": "phone of the site",
    "rems-number": "REMS number of the site",
    "dea-number": "DEA number of the site",
}


class Command(BaseCommand):
    help = "Start an empty installation: organisation, site, default policy and hours, and an administrator's invitation."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, words in NEEDED.items():
            parser.add_argument(f"--{name}", required=True, help=words)
        for name, words in FURTHER.items():
            parser.add_argument(f"--{name}", default="Your clinic" if name == "public-name" else "", help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        further = {name.replace("-", "_"): options[name.replace("-", "_")] for name in FURTHER}
        try:
            start = start_clinic(
                organisation=options["organisation"], name=options["site"], slug=options["slug"], zone=options["zone"],
                admin_email=options["admin_email"], admin_name=options["admin_name"], now=clock.now(), **further,
            )  # fmt: skip
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{start.site.name} of {start.site.organisation.name} is open at {settings.VIGIL_ORIGIN}/{start.site.slug}/")
        self.stdout.write(f"{start.invitation.printed_name} sets a password here, until {start.invitation.expires_at:%Y-%m-%d %H:%M} UTC:")
        self.stdout.write(f"{settings.VIGIL_ORIGIN}{reverse('accept_invitation', args=[start.token])}")
