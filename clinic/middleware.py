"""The request's moment, nothing kept by browsers, denials written after the rollback, the way to the second step, 401 for fragments of people who were signed out."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from clinic import account_mail, audit, clock, scope, second_factor
from clinic.actions.account import note_account
from clinic.actions.guessing import raise_guessing
from clinic.identity import SignInEndedError
from clinic.locking.middleware import came_from
from clinic.models import User

Next = Callable[[HttpRequest], HttpResponse]
WRONG_FIVE_TIMES = "Somebody was signed out here after five wrong tries at a signature. Look at the trail, and sign its review."


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


class ScopeMiddleware:
    """PostgreSQL shows a request no site's rows; then those of the sites of whoever is signed in; from the site's door on that site's alone."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with scope.closed():
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if request.user.is_authenticated:
            scope.name_person(request.user.pk)


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


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Who presses a button after the sign-in has ended is told that nothing was done, and comes back to that page: what is only posted has no page."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        if request.headers.get("HX-Request") != "true":  # a fragment's page says so itself
            messages.warning(request, "You were signed out: nothing was done. Sign in, and do it again.")
        return redirect_to_login(came_from(request), self.get_login_url(view_func), self.get_redirect_field_name(view_func))


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


class IdentityMiddleware:
    """Who owes the second step of sign-in is led there before anything else; whoever guessed five times at a signature is signed out."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, second_factor.SecondFactorOwedError):
            return lead(request, self.second_step(request))
        if isinstance(exception, SignInEndedError):
            return self.signed_out(request)
        return None

    def second_step(self, request: HttpRequest) -> str:
        kinds = second_factor.kinds_of(request.user)  # type: ignore[arg-type]
        if not kinds:
            messages.info(request, "This site asks for a second step at sign-in. Set one up now; it takes a minute.")
            return reverse("mfa_index")
        page = "mfa_reauthenticate" if "totp" in kinds else "mfa_reauthenticate_webauthn"
        after = request.get_full_path() if request.method == "GET" else reverse("home")
        return f"{reverse(page)}?{urlencode({'next': after})}"

    def signed_out(self, request: HttpRequest) -> HttpResponse:
        user: User = request.user  # type: ignore[assignment]
        note_account("account.sign_in_ended", user, by=user, now=request.now)  # type: ignore[attr-defined]
        account_mail.tell(user, "ended", now=request.now)  # type: ignore[attr-defined]
        site = getattr(request, "site", None)
        if site is not None:
            raise_guessing(site, user, "identity.stopped", WRONG_FIVE_TIMES, now=request.now, by=user)  # type: ignore[attr-defined]
        logout(request)
        messages.error(request, "Wrong five times: you are signed out, and nothing was signed. Sign in again.")
        return lead(request, resolve_url(settings.LOGIN_URL))


def lead(request: HttpRequest, where: str) -> HttpResponse:
    """To another page, out of a fragment too."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return HttpResponse(status=303, headers={"Location": where})
