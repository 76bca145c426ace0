"""Addresses of the locked page: with a fixed first word, so they stand before the pages of a site."""

from django.urls import path

from desk.views import locked, locked_acts

urlpatterns = [
    path("locked/", locked.locked, name="locked"),
    path("locked/unlock/", locked.unlock, name="unlock"),
    path("locked/pin/", locked_acts.unlock_pin, name="unlock_pin"),
    path("locked/act/", locked_acts.locked_act, name="locked_act"),
    path("locked/emergency/", locked_acts.locked_emergency, name="locked_emergency"),
]
