"""The treatment sessions' room. Django's own app owns the label `sessions`, so ours is `treatment_sessions`."""

from django.apps import AppConfig


class TreatmentSessionsConfig(AppConfig):
    name = "sessions"
    label = "treatment_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import registry, sentences
        from sessions import (
            access,
            checks,  # noqa: F401  registers the system check
            signed_benefit,
            signed_content,
            signed_departure,
            signed_early,
            signed_form,
            signed_seconds,
            words,
        )
        from sessions.queries import calls, risk_calls

        registry.register_renderer("discharge", 1, signed_content.render_discharge, signed_content.render_discharges)
        registry.register_renderer("discharge", signed_early.SCHEMA, signed_early.render_early_discharge, signed_early.render_early_discharges)
        registry.register_renderer("discharge", signed_seconds.USUAL, signed_seconds.render_discharge, signed_seconds.render_discharges)
        registry.register_renderer("discharge", signed_seconds.EARLY, signed_seconds.render_early_discharge, signed_seconds.render_early_discharges)
        registry.register_renderer(
            signed_seconds.KIND, signed_seconds.SCHEMA, signed_seconds.render_confirmation, signed_seconds.render_confirmations
        )
        registry.register_renderer("addendum", 1, signed_content.render_addendum, signed_content.render_addenda)
        registry.register_renderer(
            signed_departure.KIND, signed_departure.SCHEMA, signed_departure.render_departure, signed_departure.render_departures
        )
        registry.register_door("treatmentsession", access.open_session)
        registry.register_address("treatmentsession", access.session_address)
        registry.register_renderer(signed_form.KIND, signed_form.SCHEMA, signed_form.render_form, signed_form.render_forms)
        registry.register_door(signed_form.KIND, access.open_form)
        registry.register_address(signed_form.KIND, access.form_address)
        registry.register_renderer(signed_benefit.KIND, signed_benefit.SCHEMA, signed_benefit.render_review, signed_benefit.render_reviews)
        registry.register_door("emergency", access.open_emergency)
        registry.register_address("emergency", access.emergency_address)
        registry.register_door("adverseevent", access.open_adverse)
        registry.register_address("adverseevent", access.adverse_address)
        registry.register_calls("has_emergencies", calls.has_emergencies, calls.emergency_calls)
        registry.register_calls("has_help_calls", calls.has_help_calls, calls.help_calls)
        registry.register_calls("has_alert_calls", calls.has_alert_calls, calls.alert_calls)
        registry.register_calls("has_risk_calls", risk_calls.has_risk_calls, risk_calls.risk_calls)
        sentences.register_sentences(words.SENTENCES)
