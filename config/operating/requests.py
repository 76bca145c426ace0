"""One request from its first to its last line in the log: its id, its seconds, its place in the numbers."""

import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.logs import current
from config.operating import measures
from config.operating.peers import believe_named_proxies, is_behind_named_proxy

HEADER = "X-Request-ID"
FROM_PROXY = re.compile(r"[A-Za-z0-9._-]{8,64}")

Next = Callable[[HttpRequest], HttpResponse]


class RequestMiddleware:
    """Outermost: whatever answers, the answer carries its id, and the id is in every line that was written for it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        believe_named_proxies(request)
        request.id = request_id(request)  # type: ignore[attr-defined]
        token = current.set(request.id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            current.reset(token)
        response[HEADER] = request.id  # type: ignore[attr-defined]
        if settings.VIGIL_METRICS:
            measures.count(view_name(request), request.method or "", response.status_code, time.perf_counter() - started)
        return response


def request_id(request: HttpRequest) -> str:
    """A named proxy's own, so that its log and ours meet; from anybody else it would be text of a stranger in our log."""
    given = request.headers.get(HEADER, "")
    return given if FROM_PROXY.fullmatch(given) and is_behind_named_proxy(request) else secrets.token_hex(8)


def view_name(request: HttpRequest) -> str:
    if request.resolver_match is not None:
        return request.resolver_match.url_name or "unnamed"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
