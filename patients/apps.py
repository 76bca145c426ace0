"""The patients' room: patient, enrolment, screening, consent, medicines, course and orders."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import registry
        from patients import signed_content

        registry.register_renderer(signed_content.ORDER_KIND, signed_content.ORDER_SCHEMA, signed_content.render_order)
