"""How often pages without a sign-in may be asked for: by the real address and by the token in the path; one answer to whoever asks more."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

log = logging.getLogger("vigil.public")
WINDOW = 60  # seconds


@dataclass(frozen=True)
class Limit:
    """A minute's requests to one process. Wide by address: a clinic, a carrier or a calendar's server is one address for many."""

    kind: str
    by_address: int
    by_token: int


VISIT, FEED, SCREEN = Limit("visit", 300, 60), Limit("feed", 300, 30), Limit("screen", 1200, 120)
INVITATION, HOOK = Limit("invitation", 60, 30), Limit("hook", 1200, 1200)
LIMITS = {
    **dict.fromkeys(("visit", "visit_birth", "visit_prepare", "visit_move", "visit_cancel", "visit_calendar"), VISIT),
    "feed": FEED, "screen": SCREEN, "accept_invitation": INVITATION, "text_hook": HOOK, "text_status": HOOK,
}  # fmt: skip


class PublicLimitMiddleware:
    """Before the page and its first query; the same answer for a good and a guessed token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        limit = LIMITS.get(match.url_name or "") if match is not None else None
        if limit is None or not any(is_too_many(limit.kind, *asked) for asked in counted(limit, request, kwargs)):
            return None
        page = render_to_string("429.html", {"error_id": request.id})  # type: ignore[attr-defined]  # without the shell of staff's pages and its queries
        return HttpResponse(page, status=429, headers={"Retry-After": str(WINDOW)})


def counted(limit: Limit, request: HttpRequest, kwargs: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Who asks, in which minute, and how often they may."""
    minute = int(request.now.timestamp() // WINDOW)  # type: ignore[attr-defined]
    yield f"address {network_of(get_adapter().get_client_ip(request))}", minute, limit.by_address
    yield from ((f"token {value}", minute, limit.by_token) for value in kwargs.values())


def network_of(address: str) -> str:
    """One IPv6 customer has a whole /64."""
    return str(ip_network(f"{address}/64", strict=False)) if ip_address(address).version == 6 else address


def is_too_many(kind: str, who: str, minute: int, most: int) -> bool:
    times = count(f"{kind} {who} {minute}")
    if times == most + 1:
        log.warning("too many requests for a public page (%s, by its %s)", kind, who.partition(" ")[0])
    return times > most


def count(name: str) -> int:
    """A token may be anything a stranger types: its digest is short and fit for a key."""
    cache, key = caches["public"], hashlib.sha256(name.encode()).hexdigest()
    cache.add(key, 0, WINDOW * 2)
    try:
        return cache.incr(key)
    except ValueError:  # thrown out in between: memory is short
        return 1
