"""Addresses of the desk room: the pages over several rooms."""

from django.urls import path

from desk.views import ahead, board, emergency_reads, flowsheet, patients, screens, signing

urlpatterns = [
    path("r/<str:token>/", screens.screen, name="screen"),
    path("<slug:site>/patients/", patients.patient_list, name="patient_list"),
    path("<slug:site>/patients/<int:pk>/", patients.patient_chart, name="patient_chart"),
    path("<slug:site>/to-sign/", signing.to_sign, name="to_sign"),
    path("<slug:site>/emergency-read/", emergency_reads.emergency_read, name="emergency_read"),
    path("<slug:site>/emergency-reads/", emergency_reads.emergency_reads, name="emergency_reads"),
    path("<slug:site>/emergency-reads/<int:pk>/", emergency_reads.emergency_read_review, name="emergency_read_review"),
    path("<slug:site>/ahead/", ahead.ahead, name="ahead"),
    path("<slug:site>/", board.board, name="board"),
    path("<slug:site>/sessions/<int:pk>/", flowsheet.flowsheet, name="flowsheet"),
    path("<slug:site>/sessions/<int:pk>/news/", flowsheet.flowsheet_news, name="flowsheet_news"),
    path("<slug:site>/sessions/<int:pk>/record/", flowsheet.session_record, name="session_record"),
]
