"""Addresses of the watch."""

from django.urls import path

from sessions.views import alerts, help, paper, screening, sheets, watch

_SESSION = "<slug:site>/sessions/<int:pk>"

urlpatterns = [
    path(f"{_SESSION}/checks/", watch.observation_record, name="observation_record"),
    path("<slug:site>/checks/<int:pk>/correct/", watch.observation_correct, name="observation_correct"),
    path(f"{_SESSION}/rounds/", watch.round_record, name="round_record"),
    path(f"{_SESSION}/events/", watch.event_record, name="event_record"),
    path(f"{_SESSION}/measures/", watch.measure_record, name="measure_record"),
    path("<slug:site>/checks/<int:pk>/withdraw/", watch.fact_withdraw, {"kind": "check"}, name="check_withdraw"),
    path("<slug:site>/rounds/<int:pk>/withdraw/", watch.fact_withdraw, {"kind": "round"}, name="round_withdraw"),
    path("<slug:site>/events/<int:pk>/withdraw/", watch.fact_withdraw, {"kind": "event"}, name="event_withdraw"),
    path("<slug:site>/alerts/<int:pk>/acknowledge/", alerts.alert_acknowledge, name="alert_acknowledge"),
    path("<slug:site>/alerts/<int:pk>/close/", alerts.alert_close, name="alert_close"),
    path(f"{_SESSION}/sheet/", sheets.sheet, name="sheet"),
    path("<slug:site>/schedule/sheets/", sheets.day_sheets, name="day_sheets"),
    path("<slug:site>/schedule/sheets/blank/", sheets.blank_sheets, name="blank_sheets"),
    path(f"{_SESSION}/paper/", paper.paper_enter, name="paper_enter"),
    path(f"{_SESSION}/help/answer/", help.help_answer, name="help_answer"),
    path(f"{_SESSION}/seen/", screening.patient_seen, name="patient_seen"),
]
