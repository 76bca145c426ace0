"""The ground floor: organisation, sites, people, duty, equipment, notices, attachments, signatures, audit and the clock."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ClinicConfig(AppConfig):
    name = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import guards, registry, signed_content  # guards registers its system check too

        pre_migrate.connect(guards.set_aside_guards, dispatch_uid="clinic.guards.before")
        post_migrate.connect(guards.install_guards, dispatch_uid="clinic.guards.after")
        registry.register_renderer(signed_content.REVIEW_KIND, signed_content.REVIEW_SCHEMA, signed_content.render_review)
        registry.register_renderer(signed_content.SIGN_OFF_KIND, signed_content.SIGN_OFF_SCHEMA, signed_content.render_sign_off)
