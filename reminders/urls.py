"""Addresses of the messages: the staff's page, and the patient's own link."""

from django.urls import path

from reminders.views import chart, hooks, messages, moving, prepare, replies, settings, unreachable, visit, week

urlpatterns = [
    path("v/<str:token>/", visit.visit, name="visit"),
    path("v/<str:token>/birth/", visit.visit_birth, name="visit_birth"),
    path("v/<str:token>/prepare/", prepare.visit_prepare, name="visit_prepare"),
    path("v/<str:token>/move/", moving.visit_move, name="visit_move"),
    path("v/<str:token>/cancel/", visit.visit_cancel, name="visit_cancel"),
    path("v/<str:token>/calendar/", visit.visit_calendar, name="visit_calendar"),
    path("hooks/text/<slug:provider>/", hooks.text_hook, name="text_hook"),
    path("hooks/text/<slug:provider>/status/", hooks.text_status, name="text_status"),
    path("<slug:site>/patients/<int:pk>/messages/", chart.patient_messages, name="patient_messages"),
    path("<slug:site>/messages/", messages.messages, name="messages"),
    path("<slug:site>/messages/week/", week.message_week, name="message_week"),
    path("<slug:site>/messages/<int:pk>/again/", messages.message_again, name="message_again"),
    path("<slug:site>/messages/<int:pk>/close/", messages.message_close, name="message_close"),
    path("<slug:site>/settings/messages/", settings.message_settings, name="message_settings"),
    path("<slug:site>/settings/messages/<slug:kind>/", settings.message_wording, name="message_wording"),
    path("<slug:site>/settings/messages/<slug:kind>/preview/", settings.message_preview, name="message_preview"),
    path("<slug:site>/settings/messages/<slug:kind>/shipped/", settings.message_shipped, name="message_shipped"),
    path("<slug:site>/messages/<int:pk>/returned/", messages.message_returned, name="message_returned"),
    path("<slug:site>/messages/unreachable/", unreachable.unreachable, name="unreachable"),
    path("<slug:site>/messages/unreachable/<int:pk>/works/", unreachable.address_works, name="address_works"),
    path("<slug:site>/messages/replies/", replies.replies, name="replies"),
    path("<slug:site>/messages/replies/<int:pk>/", replies.reply, name="reply"),
]
