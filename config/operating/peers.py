"""Who stands at the other end of a connection: a named proxy, the operator's monitor, or anybody."""

import hmac
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

PASSED_ON = "vigil.passed_on"


def unmapped(address: str) -> IPv4Address | IPv6Address:
    """Where one socket takes both kinds, an IPv4 address comes in IPv6's clothes. Raises ValueError."""
    found = ip_address(address)
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of these networks; what is no address lies in none."""
    try:
        found = unmapped(address.strip())
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


def is_behind_named_proxy(request: HttpRequest) -> bool:
    """The direct peer is a proxy that the settings name: only its headers are believed."""
    return settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0 and is_within(request.META.get("REMOTE_ADDR", ""), settings.VIGIL_PROXY_NETWORKS)


def believe_named_proxies(request: HttpRequest) -> None:
    """Take away what a stranger says of the address and the scheme, before anything reads it; that something was said is kept."""
    said = [name for name in request.META if name.startswith("HTTP_X_FORWARDED_") or name in ("HTTP_FORWARDED", "HTTP_X_REAL_IP")]
    request.META[PASSED_ON] = bool(said) or "HTTP_VIA" in request.META
    if not is_behind_named_proxy(request):
        for name in said:
            del request.META[name]
    elif request.META.get("HTTP_X_FORWARDED_FOR", "").count(",") + 1 < settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        request.META.pop("HTTP_X_FORWARDED_FOR", None)  # came in past the outer proxies: the inner one's own address counts


def is_direct(request: HttpRequest) -> bool:
    """Nobody has passed this request on: a proxy on the same machine would otherwise make the whole world look like loopback."""
    return not request.META.get(PASSED_ON, True)


def may_monitor(request: HttpRequest) -> bool:
    """The operator's monitor: by its token, or straight from a network that the settings name (loopback unless told)."""
    token = settings.VIGIL_MONITOR_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return is_direct(request) and is_within(request.META.get("REMOTE_ADDR", ""), settings.VIGIL_MONITOR_NETWORKS)
