"""Addresses of the messages: the staff's page, and the patient's own link."""

from django.urls import path

from reminders import views

urlpatterns = [
    path("v/<str:token>/", views.visit, name="visit"),
    path("<slug:site>/messages/", views.messages, name="messages"),
]
