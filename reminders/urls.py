"""Addresses of the reminders room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
