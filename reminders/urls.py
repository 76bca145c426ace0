"""Addresses of the messages: the staff's page, and the patient's own link."""

from django.urls import path

from reminders.views import messages, visit

urlpatterns = [
    path("v/<str:token>/", visit.visit, name="visit"),
    path("<slug:site>/messages/", messages.messages, name="messages"),
    path("<slug:site>/messages/<int:pk>/again/", messages.message_again, name="message_again"),
    path("<slug:site>/messages/<int:pk>/close/", messages.message_close, name="message_close"),
]
