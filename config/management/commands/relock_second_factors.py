"""Lock every second factor's secret with the newest key, after VIGIL_SECRET_KEY was renewed; then the old key can go."""

from typing import Any

from django.core.management.base import BaseCommand

from config.factors import relock


class Command(BaseCommand):
    help = "After VIGIL_SECRET_KEY was renewed: lock the second factors' secrets with it. Then VIGIL_OLD_SECRET_KEYS can be emptied."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{relock()} secrets locked with the newest key.")
