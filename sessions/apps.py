"""The treatment sessions' room. Django's own app owns the label `sessions`, so ours is `treatment_sessions`."""

from django.apps import AppConfig

# What an auditor with a grant may open: about sessions and charts within it, to read.
AUDITOR_PAGES = (
    "flowsheet", "session_record", "sheet", "leaving_sheet", "form", "form_print", "form_receipt", "emergency", "emergency_summary", "adverse_event", "patient_chart", "file",
)  # fmt: skip


class TreatmentSessionsConfig(AppConfig):
    name = "sessions"
    label = "treatment_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import registry, sentences
        from sessions import (
            access,
            checks,  # noqa: F401  registers the system check
            signed,
            signed_form,
            words,
        )
        from sessions.queries import auditing, calls, risk_calls

        for kind, schema, one, many in signed.RENDERERS:
            registry.register_renderer(kind, schema, one, many)
        registry.register_door("treatmentsession", access.open_session)
        registry.register_address("treatmentsession", access.session_address)
        registry.register_door(signed_form.KIND, access.open_form)
        registry.register_address(signed_form.KIND, access.form_address)
        registry.register_door("emergency", access.open_emergency)
        registry.register_address("emergency", access.emergency_address)
        registry.register_door("adverseevent", access.open_adverse)
        registry.register_address("adverseevent", access.adverse_address)
        registry.register_calls("has_emergencies", calls.has_emergencies, calls.emergency_calls)
        registry.register_calls("has_help_calls", calls.has_help_calls, calls.help_calls)
        registry.register_calls("has_alert_calls", calls.has_alert_calls, calls.alert_calls)
        registry.register_calls("has_risk_calls", risk_calls.has_risk_calls, risk_calls.risk_calls)
        sentences.register_sentences(words.SENTENCES)
        registry.register_scope("treatmentsession", auditing.session_within)
        registry.register_scope("patient", auditing.patient_within)
        for kind in ("monitoringform", "emergency", "adverseevent"):
            registry.register_scope(kind, auditing.of_session_within)
        for kind in ("enrolment", "assessment"):
            registry.register_scope(kind, auditing.of_patient_within)
        registry.register_auditor_pages(*AUDITOR_PAGES)
        registry.register_auditor_pages("flowsheet_news", "audited", are_views=False)
