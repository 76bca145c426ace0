"""Addresses of leaving: signed, early, without a sign-off, by ambulance; of safety calls afterwards; of voiding and entering again."""

from django.urls import path

from sessions.views import departures, early, leaving, safety_calls, voiding

_SESSION = "<slug:site>/sessions/<int:pk>"

urlpatterns = [
    path(f"{_SESSION}/readiness/", leaving.readiness_record, name="readiness_record"),
    path(f"{_SESSION}/discharge/", leaving.session_discharge, name="session_discharge"),
    path(f"{_SESSION}/discharge-early/", early.session_discharge_early, name="session_discharge_early"),
    path(f"{_SESSION}/left/", departures.session_left, name="session_left"),
    path(f"{_SESSION}/transfer/", departures.session_transfer, name="session_transfer"),
    path(f"{_SESSION}/still-open/", departures.session_explain, name="session_explain"),
    path("<slug:site>/departures/<int:pk>/sign/", departures.departure_sign, name="departure_sign"),
    path(f"{_SESSION}/void/", voiding.session_void, name="session_void"),
    path(f"{_SESSION}/reenter/", voiding.session_reenter, name="session_reenter"),
    path(f"{_SESSION}/swap/", voiding.session_swap, name="session_swap"),
    path(f"{_SESSION}/rems-told/", voiding.rems_told, name="rems_told"),
    path("<slug:site>/calls/<int:pk>/", safety_calls.safety_call, name="safety_call"),
    path("<slug:site>/calls/<int:pk>/take/", safety_calls.call_take, name="call_take"),
    path(f"{_SESSION}/addenda/", leaving.addendum_add, name="addendum_add"),
    path(f"{_SESSION}/leaving-sheet/", leaving.leaving_sheet, name="leaving_sheet"),
]
