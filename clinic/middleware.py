"""The request's moment, nothing kept by browsers, denials written after the rollback, 401 for fragments of people who were signed out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone

from clinic import audit, clock

Next = Callable[[HttpRequest], HttpResponse]


class NowMiddleware:
    """`request.now`: asked once, so that one request lives in one moment. Pages learn the server's time from a header."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        request.now = clock.now()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Server-Now"] = request.now.isoformat()  # type: ignore[attr-defined]
        return response


class NoStoreMiddleware:
    """No answer of ours stays in a browser or a proxy: on a shared tablet "back" would show the last person's patients."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response


class SignedOutFragmentMiddleware:
    """A signed-out fragment request gets 401 (the page shows an overlay), never a sign-in page swapped into the form."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_fragment = request.headers.get("HX-Request") == "true"
        if is_fragment and not request.user.is_authenticated and response.get("Location", "").startswith(resolve_url(settings.LOGIN_URL)):
            return HttpResponse("You were signed out.", status=401)
        return response


class DenialMiddleware:
    """Each refused access leaves one audit entry, written when the refused transaction is gone."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        denial = getattr(request, "denial", None)
        if denial is not None and response.status_code in (403, 404) and request.user.is_authenticated:
            audit.append(
                action="access.hidden" if denial.is_hidden else "access.denied",
                target_kind=denial.target_kind, target_pk=denial.target_pk[:40], by=request.user, now=request.now,  # type: ignore[attr-defined]
                site=denial.site, changes={"permission": denial.permission, "method": request.method},
            )  # fmt: skip
        return response
