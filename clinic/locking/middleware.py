"""Each request of a signed-in person: noted as an act, answered by the locked page, or the end of the sign-in. Closed by default."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from clinic import scope
from clinic.access import NeedsPassword
from clinic.actions.pins import forget_wrong_pins
from clinic.locking import state
from clinic.locking.polls import is_by_itself
from clinic.locking.tablet import tablet_here
from clinic.rules.locking import SignIn, Standing

Next = Callable[[HttpRequest], HttpResponse]

LOCKED = "X-Vigil-Locked"
# What a locked sign-in still opens in its own name. Open pages (a patient's link, the sign-in) meet it as nobody.
OPEN_WHEN_LOCKED = frozenset({"locked", "unlock", "unlock_pin", "locked_act", "locked_emergency", "lock", "account_logout"})
# What is not for whoever came by a PIN, beside the permissions of PIN_LACKS: the sign-in library's pages of passwords and second factors,
# and a calendar's address, which opens a schedule for good.
ACCOUNT, LASTING = "/accounts/", frozenset({"feeds"})


class LockMiddleware:
    """Stands before SignInFirstMiddleware: what is over is signed out there. `request.lock_after` are the seconds that a page has left."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Known before anything may answer early: what leads nowhere, or comes without its token, reaches no view and is no new sign-in.
        request.was_signed_in, request.met_the_lock = SESSION_KEY in request.session, False  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not request.user.is_authenticated:
            return response
        if not request.was_signed_in:  # type: ignore[attr-defined]
            state.begin(request.session, request.user, now=request.now)  # type: ignore[attr-defined]
            if tablet := tablet_here(request):
                with scope.of_site(tablet.site_id):
                    forget_wrong_pins(tablet, request.user)  # a full sign-in opens its PIN here again
        elif not request.met_the_lock and is_shut(request):  # type: ignore[attr-defined]
            return answer_locked(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        request.met_the_lock = True  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            request.was_signed_in = False  # type: ignore[attr-defined]
            return waiting(request, view)
        request.was_signed_in = True  # type: ignore[attr-defined]
        now: datetime = request.now  # type: ignore[attr-defined]
        if state.stamp_of(request.session, request.user) is None:
            state.begin(request.session, request.user, now=now)
        sign_in = state.sign_in_of(request.session, request.user)
        assert sign_in is not None
        standing = sign_in.standing(now)
        request.is_locked = standing is Standing.LOCKED  # type: ignore[attr-defined]
        if standing is Standing.OVER or has_lost_its_tablet(request, sign_in, now):
            logout(request)
            request.was_signed_in = False  # type: ignore[attr-defined]
            return waiting(request, view)
        if standing is Standing.LOCKED:
            return shut(request, view)
        noted(request, sign_in, now)
        if state.is_by_pin(request) and is_for_good(request) and getattr(view, "login_required", True):
            return self.process_exception(request, NeedsPassword("A PIN is not enough for this."))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The role may, the PIN isn't enough: the way to the password stands on the page."""
        if not isinstance(exception, NeedsPassword):
            return None
        context = {"words": str(exception), "back": request.get_full_path() if request.method == "GET" else "/"}
        return render(request, "clinic/needs_password.html", context, status=403)


def is_shut(request: HttpRequest) -> bool:
    """Whether a page that no view made would be shown to a sign-in that is locked or over: such a page names its person."""
    sign_in = state.sign_in_of(request.session, request.user)  # type: ignore[arg-type]
    return sign_in is not None and sign_in.standing(request.now) is not Standing.OPEN  # type: ignore[attr-defined]


def is_for_good(request: HttpRequest) -> bool:
    name = request.resolver_match.url_name if request.resolver_match else ""
    return name != "account_logout" and (request.path.startswith(ACCOUNT) or name in LASTING)


def has_lost_its_tablet(request: HttpRequest, sign_in: SignIn, now: datetime) -> bool:
    """What a PIN opened ends with its tablet's enrolment, and goes nowhere without it; asked as often as acts are noted."""
    return state.is_by_pin(request) and sign_in.is_worth_noting(now) and tablet_here(request) is None


def waiting(request: HttpRequest, view: Any) -> HttpResponse | None:
    """Nobody is signed in: an enrolled tablet shows its locked board where others would be asked to sign in."""
    if not getattr(view, "login_required", True) or tablet_here(request) is None:
        return None
    return answer_locked(request)


def noted(request: HttpRequest, sign_in: SignIn, now: datetime) -> None:
    """An open sign-in goes on; what a person did moves its lock."""
    is_act = not is_by_itself(request)
    if is_act and sign_in.is_worth_noting(now):
        state.note_act(request.session, request.user, now=now)  # type: ignore[arg-type]
        sign_in = state.sign_in_of(request.session, request.user) or sign_in  # type: ignore[arg-type]
    request.lock_after = int(sign_in.left(now).total_seconds())  # type: ignore[attr-defined]


def shut(request: HttpRequest, view: Any) -> HttpResponse | None:
    """A locked sign-in: 401 for a fragment, the locked page for a page, and nobody in particular for what is open to everybody."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    if name in OPEN_WHEN_LOCKED:
        return None
    if not getattr(view, "login_required", True):
        request.user, request.was_signed_in = AnonymousUser(), False  # type: ignore[attr-defined]
        return None
    return answer_locked(request)


def answer_locked(request: HttpRequest) -> HttpResponse:
    address = locked_address(request)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse("Locked.", status=401, headers={LOCKED: address})
    return HttpResponse(status=303, headers={"Location": address})


def locked_address(request: HttpRequest) -> str:
    """The locked page, which leads back to the page that was meant: of a post, the page that it came from."""
    is_page = request.method in ("GET", "HEAD") and request.headers.get("HX-Request") != "true"
    return f"{reverse('locked')}?{urlencode({'next': request.get_full_path() if is_page else came_from(request)})}"


def came_from(request: HttpRequest) -> str:
    """The page of ours that a form or a fragment was on; the front page where the browser doesn't say."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(told, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(told)
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
