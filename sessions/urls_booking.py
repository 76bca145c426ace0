"""Addresses of booking: schedule, book, move, cancel, missed."""

from django.urls import path

from sessions.views import booking, forecast, rescue, schedule

urlpatterns = [
    path("<slug:site>/schedule/", schedule.schedule, name="schedule"),
    path("<slug:site>/schedule/print/", schedule.schedule_print, name="schedule_print"),
    path("<slug:site>/schedule/book/", booking.session_book, name="session_book"),
    path("<slug:site>/schedule/book/forecast/", forecast.booking_forecast, name="booking_forecast"),
    path("<slug:site>/schedule/rescue/<str:day>/", rescue.rescue, name="rescue"),
    path("<slug:site>/schedule/rescue/<str:day>/accept/", rescue.rescue_accept, name="rescue_accept"),
    path("<slug:site>/schedule/rescue/visits/<int:pk>/cancel/", rescue.rescue_cancel, name="rescue_cancel"),
    path("<slug:site>/schedule/rescue/visits/<int:pk>/keep/", rescue.rescue_keep, name="rescue_keep"),
    path("<slug:site>/sessions/<int:pk>/move/", booking.session_move, name="session_move"),
    path("<slug:site>/sessions/<int:pk>/cancel/", booking.session_cancel, name="session_cancel"),
    path("<slug:site>/sessions/<int:pk>/missed/", booking.session_miss, name="session_miss"),
    path("<slug:site>/sessions/<int:pk>/rebook/", booking.session_rebook, name="session_rebook"),
]
