"""The operator's page in a terminal: for when the database is down and nobody can sign in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.operating.asking import BAD
from config.operating.selfcheck import groups


class Command(BaseCommand):
    help = "Asks every part and setting how it stands; ends in an error while one is bad."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = groups()
        for heading, answers in found:
            self.stdout.write(heading)
            for answer in answers:
                todo = f"  → {answer.finding.todo}" if answer.finding.todo else ""
                self.stdout.write(f"  {answer.finding.state:4}  {answer.part.title}: {answer.finding.words}{todo}")
        bad = [answer.part.name for _, answers in found for answer in answers if answer.finding.state == BAD]
        if bad:
            raise CommandError(f"Bad: {', '.join(bad)}.")
