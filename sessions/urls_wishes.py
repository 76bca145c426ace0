"""Addresses of what the desk does about a patient's words: wishes for another time, answers to look at."""

from django.urls import path

from sessions.views import wishes

urlpatterns = [
    path("<slug:site>/wishes/", wishes.wishes, name="wishes"),
    path("<slug:site>/wishes/<int:pk>/accept/", wishes.wish_accept, name="wish_accept"),
    path("<slug:site>/wishes/<int:pk>/decline/", wishes.wish_decline, name="wish_decline"),
    path("<slug:site>/sessions/<int:pk>/answer/settle/", wishes.answer_settle, name="answer_settle"),
]
