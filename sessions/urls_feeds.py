"""Addresses of calendar feeds: the feed itself, outside of sign-in, and the page that makes and revokes them."""

from django.urls import path

from sessions.views import feeds

urlpatterns = [
    path("f/<str:token>.ics", feeds.feed, name="feed"),
    path("<slug:site>/feeds/", feeds.feeds, name="feeds"),
    path("<slug:site>/feeds/chair/", feeds.feed_chair, name="feed_chair"),
    path("<slug:site>/feeds/<int:pk>/revoke/", feeds.feed_revoke, name="feed_revoke"),
]
