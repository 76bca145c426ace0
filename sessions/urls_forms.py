"""Addresses of the monitoring form and the filing desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
