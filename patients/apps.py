"""The patients' room: patient, enrolment, screening, consent, medicines, course and orders."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from clinic import registry, sentences
        from patients import access, signed_content, words

        registry.register_renderer(signed_content.ORDER_KIND, signed_content.ORDER_SCHEMA, signed_content.render_order, signed_content.render_orders)
        registry.register_door("enrolment", access.may_read_enrolment)
        registry.register_door("patient", access.may_read_patient)
        registry.register_address("transferout", lambda slug, pk: reverse("transfer_told", args=[slug, pk]))
        registry.register_door("assessment", access.may_read_score)
        registry.register_address("assessment", lambda slug, pk: reverse("risk_answer", args=[slug, pk]))
        registry.register_address("patient", lambda slug, pk: reverse("patient_chart", args=[slug, pk]))
        sentences.register_sentences(words.SENTENCES)
