"""Addresses of the floor as a whole: whose chairs, the day's opening and closing."""

from django.urls import path

from sessions.views import day, handover

urlpatterns = [
    path("<slug:site>/chairs/", handover.handover, name="handover"),
    path("<slug:site>/chairs/offer/", handover.handover_offer, name="handover_offer"),
    path("<slug:site>/chairs/take/", handover.handover_take, name="handover_take"),
    path("<slug:site>/chairs/<int:pk>/accept/", handover.handover_accept, name="handover_accept"),
    path("<slug:site>/chairs/<int:pk>/decline/", handover.handover_decline, name="handover_decline"),
    path("<slug:site>/chairs/<int:pk>/withdraw/", handover.handover_withdraw, name="handover_withdraw"),
    path("<slug:site>/chairs/<int:pk>/return/", handover.handover_return, name="handover_return"),
    path("<slug:site>/day/", day.day, name="day"),
    path("<slug:site>/day/open/", day.day_open, name="day_open"),
    path("<slug:site>/day/close/", day.day_close, name="day_close"),
]
