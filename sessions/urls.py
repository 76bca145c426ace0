"""Addresses of the sessions room, by the part of the day they belong to."""

from django.urls import include, path

urlpatterns = [
    path("", include("sessions.urls_booking")),
    path("", include("sessions.urls_planning")),
    path("", include("sessions.urls_dosing")),
    path("", include("sessions.urls_watch")),
    path("", include("sessions.urls_leaving")),
    path("", include("sessions.urls_forms")),
    path("", include("sessions.urls_emergency")),
    path("", include("sessions.urls_adverse")),
    path("", include("sessions.urls_benefit")),
    path("", include("sessions.urls_floor")),
    path("", include("sessions.urls_feeds")),
    path("", include("sessions.urls_next")),
    path("", include("sessions.urls_wishes")),
]
