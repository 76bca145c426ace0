"""Every room's urls. What has a fixed first word stands before the rooms, whose paths begin with a site's slug."""

from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("reminders.urls")),
    path("", include("clinic.urls")),
    path("", include("patients.urls")),
    path("", include("sessions.urls")),
    path("", include("reports.urls")),
    path("", include("desk.urls")),
]
