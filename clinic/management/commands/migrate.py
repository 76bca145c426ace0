"""Django's migrate; it puts the guards back, and fails when one is missing in the end."""

from typing import Any

from django.core.management.commands import migrate

from clinic.guards import checks


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        with checks.not_asked_before_migrate():
            output = super().execute(*args, **options)
        if not options["skip_checks"]:
            self.check(databases=[options["database"]])
        return output
