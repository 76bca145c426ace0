"""Addresses of what follows a missed or held visit: the decision, and the rest of the course proposed anew."""

from django.urls import path

from sessions.views import next_step

urlpatterns = [
    path("<slug:site>/sessions/<int:pk>/next/", next_step.session_next, name="session_next"),
    path("<slug:site>/sessions/<int:pk>/next/decide/", next_step.next_decide, name="next_decide"),
    path("<slug:site>/sessions/<int:pk>/next/accept/", next_step.next_accept, name="next_accept"),
]
