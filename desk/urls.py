"""Addresses of the desk room: the pages over several rooms."""

from django.urls import path

from desk.views import board, flowsheet

urlpatterns = [
    path("<slug:site>/", board.board, name="board"),
    path("<slug:site>/sessions/<int:pk>/", flowsheet.flowsheet, name="flowsheet"),
    path("<slug:site>/sessions/<int:pk>/record/", flowsheet.session_record, name="session_record"),
]
