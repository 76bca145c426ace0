"""The treatment sessions' room. Django's own app owns the label `sessions`, so ours is `treatment_sessions`."""

from django.apps import AppConfig


class TreatmentSessionsConfig(AppConfig):
    name = "sessions"
    label = "treatment_sessions"
    default_auto_field = "django.db.models.BigAutoField"
