"""Addresses of emergencies and of what is loud on every page."""

from django.urls import path

from sessions.views import calls, emergency, emergency_acts, past_emergencies

_EMERGENCY = "<slug:site>/emergencies/<int:pk>"

urlpatterns = [
    path("<slug:site>/calls/", calls.calls, name="calls"),
    path("<slug:site>/emergencies/", past_emergencies.emergencies, name="emergencies"),
    path("<slug:site>/emergency/", emergency.emergency_press, name="emergency_press"),
    path(f"{_EMERGENCY}/", emergency.emergency, name="emergency"),
    path(f"{_EMERGENCY}/summary/", emergency.emergency_summary, name="emergency_summary"),
    path(f"{_EMERGENCY}/place/", emergency_acts.emergency_place, name="emergency_place"),
    path(f"{_EMERGENCY}/step/", emergency_acts.emergency_step, name="emergency_step"),
    path(f"{_EMERGENCY}/end/", emergency_acts.emergency_end, name="emergency_end"),
    path(f"{_EMERGENCY}/tell/", emergency_acts.emergency_tell, name="emergency_tell"),
]
