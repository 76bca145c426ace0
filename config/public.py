"""How often pages without a sign-in may be asked for: by the real address and by the token in the path; one answer to whoever asks more."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config.operating.peers import unmapped

log = logging.getLogger("vigil.public")
WINDOW = 60  # seconds


@dataclass(frozen=True)
class Limit:
    """A minute's requests to one process: of one token, where it is anybody's own; and of one address those that led nowhere.

    A good link is never shut by what a neighbour guesses behind the same router: a floor's walls, a patient's screen and its call for help.
    """

    kind: str
    by_address: int
    by_token: int = 0


VISIT, FEED, SCREEN = Limit("visit", 60, 60), Limit("feed", 60, 30), Limit("screen", 60, 300)
INVITATION, HOOK = Limit("invitation", 60, 30), Limit("hook", 120)
# How long a link counts as good after it led somewhere.
KNOWN_FOR = 600
LED_NOWHERE = (403, 404, 405)
LIMITS = {
    **dict.fromkeys(("visit", "visit_birth", "visit_prepare", "visit_move", "visit_cancel", "visit_calendar"), VISIT),
    "feed": FEED, "screen": SCREEN, "accept_invitation": INVITATION, "text_hook": HOOK, "text_status": HOOK,
}  # fmt: skip


class PublicLimitMiddleware:
    """Before the page and its first query; the same answer for a good and a guessed token that isn't known as good."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        asked: Asked | None = getattr(request, "asked_publicly", None)
        if asked is not None and response.status_code in LED_NOWHERE:
            count(asked.by_address)
        elif asked is not None and response.status_code < 400:
            caches["public"].set(keyed(asked.known), True, KNOWN_FOR)
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        limit = LIMITS.get(match.url_name or "") if match is not None else None
        if limit is None:
            return None
        asked = asked_by(limit, request, kwargs)
        request.asked_publicly = asked  # type: ignore[attr-defined]
        if not asked.is_too_often(limit):
            return None
        request.asked_publicly = None  # type: ignore[attr-defined]
        page = render_to_string("429.html", {"error_id": request.id})  # type: ignore[attr-defined]  # without the shell of staff's pages and its queries
        return HttpResponse(page, status=429, headers={"Retry-After": str(WINDOW)})


@dataclass(frozen=True)
class Asked:
    """Who asks, in which minute, for what."""

    by_address: str
    by_token: str
    known: str

    def is_too_often(self, limit: Limit) -> bool:
        """A hook has one address for all of a provider's calls: only those without its signature count."""
        if limit.by_token and is_over(count(self.by_token), limit.by_token, limit.kind, "token"):
            return True
        if caches["public"].get(keyed(self.known)):
            return False
        return is_over(counted(self.by_address) + 1, limit.by_address, limit.kind, "address")


def asked_by(limit: Limit, request: HttpRequest, kwargs: dict[str, Any]) -> Asked:
    minute = int(request.now.timestamp() // WINDOW)  # type: ignore[attr-defined]
    token = " ".join(str(value) for value in kwargs.values())
    address = network_of(get_adapter().get_client_ip(request))
    return Asked(f"{limit.kind} address {address} {minute}", f"{limit.kind} token {token} {minute}", f"{limit.kind} known {token}")


def network_of(address: str) -> str:
    """One IPv6 customer has a whole /64."""
    found = unmapped(address)
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


def is_over(times: int, most: int, kind: str, by: str) -> bool:
    if times == most + 1:
        log.warning("too many requests for a public page (%s, by its %s)", kind, by)
    return times > most


def keyed(name: str) -> str:
    """A token may be anything a stranger types: its digest is short and fit for a key."""
    return hashlib.sha256(name.encode()).hexdigest()


def counted(name: str) -> int:
    return int(caches["public"].get(keyed(name), 0))


def count(name: str) -> int:
    """One more."""
    cache, key = caches["public"], keyed(name)
    cache.add(key, 0, WINDOW * 2)
    try:
        return cache.incr(key)
    except ValueError:  # thrown out in between: memory is short
        return 1
