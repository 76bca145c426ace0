"""Addresses of the clinic room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
