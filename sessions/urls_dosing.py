"""Addresses of arrival, preparation, start and devices."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
