"""The wiring as an app: after every migrate the cache's table exists, so that sign-in's throttles have their place."""

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


def make_cache_table(using: str, **_: object) -> None:
    call_command("createcachetable", database=using, verbosity=0)


class WiringConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Django sends this signal for apps with models alone; one of them is enough.
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("clinic"), dispatch_uid="config.cache_table")
        # Imported here: models are loaded by now.
        from config import signin_events

        signin_events.connect()
