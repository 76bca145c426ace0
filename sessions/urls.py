"""Addresses of the sessions room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
