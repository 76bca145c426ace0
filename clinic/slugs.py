"""Which words no site may have as its own: the first parts of the paths that are there before it."""

from functools import cache

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

# Words that a proxy or a later page will want.
KEPT = frozenset({"admin", "api", "static", "media", "accounts", "help", "about", "new", "f", "r", "v", "join", "metrics", "ws"})


@cache
def reserved_slugs() -> frozenset[str]:
    """Derived from the urls, so that a new page reserves its word by being there."""
    words = {first_word(route) for route in routes("", get_resolver().url_patterns)}
    return frozenset(words - {""}) | KEPT | {settings.STATIC_URL.strip("/").split("/")[0]}


def routes(prefix: str, patterns: list[URLPattern | URLResolver]) -> list[str]:
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        found += routes(route, pattern.url_patterns) if isinstance(pattern, URLResolver) else [route]
    return found


def first_word(route: str) -> str:
    """The first part of a route when it is a fixed word; empty for a site's slug and for the front page."""
    word = route.lstrip("^/").split("/")[0].rstrip("$")
    return "" if "<" in word or "(" in word else word
