"""A page's one-time words, in a cookie of this host alone; long ones in the session."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    """Named so that no neighbour under the same domain can plant one."""

    cookie_name = "__Host-vigil_words" if settings.SESSION_COOKIE_SECURE else "messages"


class Storage(FallbackStorage):
    """Django's own two ways, the first by our cookie."""

    storage_classes = (HostCookieStorage, SessionStorage)
