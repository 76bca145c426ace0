"""Addresses of booking: schedule, book, move, cancel, missed."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
