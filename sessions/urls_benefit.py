"""Addresses of benefit reviews."""

from django.urls import path

from sessions.views import benefit

urlpatterns = [
    path("<slug:site>/courses/<int:pk>/review/", benefit.benefit_review, name="benefit_review"),
    path("<slug:site>/reviews/<int:pk>/correct/", benefit.benefit_correct, name="benefit_correct"),
]
