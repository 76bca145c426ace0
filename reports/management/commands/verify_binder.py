"""Check an audit binder: the same as `python reports/verify_binder.py binder.zip`, which needs nothing of Vigil."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.verify_binder import NotIntact, verdict, verified


class Command(BaseCommand):
    help = "Checks that every file of an audit binder is as its manifest says; needs no database and no network."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("archive")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count, digest = verified(options["archive"])
        except NotIntact as difference:
            raise CommandError(f"Not intact: {difference}") from difference
        except OSError as problem:
            raise CommandError(f"Not checked: {problem}") from problem
        self.stdout.write(verdict(count, digest))
