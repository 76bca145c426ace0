"""One's own sign-ins: where, since when, and their end; what a passkey is asked when it signs."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clinic.actions.account import end_own_sign_ins
from clinic.identity import ask_for_passkey
from clinic.queries.sign_ins import happened_to, sign_ins_of
from clinic.views.pages import done


@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Where I am signed in, and what happened to my account."""
    context = {"sign_ins": sign_ins_of(request.user, request.session.session_key), "happened": happened_to(request.user)}  # type: ignore[arg-type]
    return render(request, "clinic/sign_ins.html", context)


@require_POST
def end_sign_in(request: HttpRequest, mark: str) -> HttpResponse:
    """One of them; somebody else's mark ends nothing and says the same."""
    end_own_sign_ins(request.user, only=mark, now=request.now)  # type: ignore[arg-type,attr-defined]
    return done(request, "That sign-in has ended.", "sign_ins")


@require_POST
def end_all_sign_ins(request: HttpRequest) -> HttpResponse:
    """Everywhere, here too."""
    end_own_sign_ins(request.user, now=request.now)  # type: ignore[arg-type,attr-defined]
    request.session.flush()
    return done(request, "You are signed out everywhere.", "account_login")


@require_POST
def passkey_to_sign(request: HttpRequest) -> HttpResponse:
    """What the browser asks a passkey: one of whoever is signed in, or (`second`) whichever the second person has with them."""
    user = None if request.POST.get("who") == "second" else request.user
    return JsonResponse({"request_options": ask_for_passkey(request, user)})  # type: ignore[arg-type]
