"""The ground floor: organisation, sites, people, duty, equipment, notices, attachments, signatures, audit and the clock."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClinicConfig(AppConfig):
    name = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic.guards import install_guards
        from clinic.guards import checks  # noqa: F401  registers the system check

        post_migrate.connect(install_guards, dispatch_uid="clinic.guards")
