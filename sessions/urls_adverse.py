"""Addresses of adverse events."""

from django.urls import path

from sessions.views import adverse

urlpatterns = [
    path("<slug:site>/sessions/<int:pk>/events/adverse/", adverse.adverse_new, name="adverse_new"),
    path("<slug:site>/patients/<int:pk>/adverse/", adverse.adverse_at_home, name="adverse_at_home"),
    path("<slug:site>/adverse/<int:pk>/", adverse.adverse_event, name="adverse_event"),
    path("<slug:site>/adverse/<int:pk>/correct/", adverse.adverse_correct, name="adverse_correct"),
    path("<slug:site>/adverse/<int:pk>/phone/", adverse.adverse_phone, name="adverse_phone"),
]
