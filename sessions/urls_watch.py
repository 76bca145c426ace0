"""Addresses of the watch and of leaving."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
