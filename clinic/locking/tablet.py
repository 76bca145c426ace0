"""The enrolled tablet's own key: a cookie that scripts can't read, of which the server stores the digest alone."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.models import Screen
from clinic.queries.pins import tablet_of

# Browsers keep a cookie for 400 days at most; each full sign-in at the tablet gives it anew.
KEPT_FOR = timedelta(days=400)
COOKIE = "__Host-vigil_tablet" if settings.SESSION_COOKIE_SECURE else "vigil_tablet"


def tablet_here(request: HttpRequest) -> Screen | None:
    """The tablet that this browser is, if an administrator enrolled it; asked once a request, without a query where there is no cookie."""
    if not hasattr(request, "tablet"):
        request.tablet = tablet_of(request.COOKIES.get(COOKIE, ""))  # type: ignore[attr-defined]
    return request.tablet  # type: ignore[attr-defined, no-any-return]


def keep(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE, token, max_age=int(KEPT_FOR.total_seconds()), path="/", httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
