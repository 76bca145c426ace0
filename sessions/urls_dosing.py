"""Addresses of arrival, preparation, start and devices."""

from django.urls import path

from sessions.views import arrival, dosing, predose

urlpatterns = [
    path("<slug:site>/sessions/<int:pk>/arrive/", arrival.session_arrive, name="session_arrive"),
    path("<slug:site>/sessions/<int:pk>/way-home/", arrival.way_home_set, name="way_home_set"),
    path("<slug:site>/sessions/<int:pk>/wait/", arrival.session_wait, name="session_wait"),
    path("<slug:site>/sessions/<int:pk>/resume/", arrival.session_resume, name="session_resume"),
    path("<slug:site>/sessions/<int:pk>/hold/", arrival.session_hold, name="session_hold"),
    path("<slug:site>/sessions/<int:pk>/reopen/", arrival.session_reopen, name="session_reopen"),
    path("<slug:site>/sessions/<int:pk>/questions/", predose.predose_answer, name="predose_answer"),
    path("<slug:site>/sessions/<int:pk>/decide/", predose.finding_decide, name="finding_decide"),
    path("<slug:site>/sessions/<int:pk>/clear/", predose.session_clear, name="session_clear"),
    path("<slug:site>/sessions/<int:pk>/start/", dosing.dosing_start, name="dosing_start"),
    path("<slug:site>/sessions/<int:pk>/devices/", dosing.device_record, name="device_record"),
    path("<slug:site>/sessions/<int:pk>/stop/", dosing.dosing_stop, name="dosing_stop"),
    path("<slug:site>/sessions/<int:pk>/complaint/", dosing.complaint_report, name="complaint_report"),
    path("<slug:site>/devices/<int:pk>/undo/", dosing.device_undo, name="device_undo"),
    path("<slug:site>/devices/<int:pk>/confirm/", dosing.device_confirm, name="device_confirm"),
    path("<slug:site>/devices/<int:pk>/correct/", dosing.device_correct, name="device_correct"),
]
