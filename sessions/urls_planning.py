"""Addresses of planning a course."""

from django.urls import path

from sessions.views import planning

urlpatterns = [
    path("<slug:site>/patients/<int:pk>/plan/", planning.course_plan, name="course_plan"),
]
