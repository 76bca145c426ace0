"""`manage.py verify_audit [--site SLUG]`: walks every audit chain and names the first entry that doesn't hold."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import chain
from clinic.models import Site


class Command(BaseCommand):
    help = "Verify the audit trail: every chain, or one site's. Ends with 1 when an entry was changed, dropped, moved or put in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", help="only this site's chain (its slug)")

    def handle(self, *args: Any, site: str | None = None, **options: Any) -> None:
        verdicts = [self.told(chain.verified(name)) for name in chain.chains(site_of(site))]
        broken = [verdict for verdict in verdicts if not verdict.is_whole]
        if broken:
            raise CommandError(f"The audit trail is broken in {len(broken)} of {len(verdicts)} chains.")
        self.stdout.write(f"{sum(verdict.entries for verdict in verdicts)} entries in {len(verdicts)} chains: all hold.")

    def told(self, verdict: chain.Verdict) -> chain.Verdict:
        if verdict.is_whole:
            self.stdout.write(f"{verdict.chain}: {verdict.entries} entries hold")
        else:
            self.stdout.write(f"{verdict.chain}: BROKEN at entry {verdict.broken_seq}: {verdict.reason}")
        return verdict


def site_of(slug: str | None) -> Site | None:
    if slug is None:
        return None
    site = Site.objects.filter(slug=slug).first()
    if site is None:
        raise CommandError(f"There is no site {slug!r}.")
    return site
