"""Addresses of the patients room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
