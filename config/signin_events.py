"""What the sign-in library tells: each step is an entry of the audit trail, a change is told to its person, and a second factor that was shown is noted for this sign-in."""

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from clinic import clock, second_factor
from clinic.account_mail import tell
from clinic.actions.account import end_sign_ins, note_account
from clinic.models import User
from clinic.queries.sign_ins import TOLD


def connect() -> None:
    """Called once, at start."""
    account.user_logged_in.connect(signed_in, dispatch_uid="vigil.signed_in")
    account.password_changed.connect(password_changed, dispatch_uid="vigil.password_changed")
    account.password_set.connect(password_changed, dispatch_uid="vigil.password_set")
    account.password_reset.connect(password_reset, dispatch_uid="vigil.password_reset")
    mfa.authenticator_added.connect(factor_added, dispatch_uid="vigil.factor_added")
    mfa.authenticator_removed.connect(factor_removed, dispatch_uid="vigil.factor_removed")
    mfa.authenticator_reset.connect(codes_renewed, dispatch_uid="vigil.codes_renewed")
    mfa.authenticator_used.connect(factor_used, dispatch_uid="vigil.factor_used")
    mfa.authentication_failed.connect(factor_failed, dispatch_uid="vigil.factor_failed")


def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    agent = request.headers.get("User-Agent", "")[:200]
    request.session[TOLD] = {"at": clock.now().isoformat(), "address": get_adapter().get_client_ip(request), "agent": agent}
    note_account("account.signed_in", user, by=user, now=clock.now(), second_factor=second_factor.is_given(request))


def password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever knew the old one is out; this sign-in goes on."""
    end_sign_ins(user, but=request.session.session_key)
    note_account("account.password_changed", user, by=user, now=clock.now())
    tell(user, "password.changed", now=clock.now())


def password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    """By the link of a mail: nobody is signed in by it, and the second factor stays what it was."""
    end_sign_ins(user)
    note_account("account.password_reset", user, by=None, now=clock.now())
    tell(user, "password.reset", now=clock.now())


def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """It was shown to be added. Sign-ins elsewhere, which didn't show it, end."""
    if authenticator.type in second_factor.KINDS:
        second_factor.note_given(request, user, authenticator.type)
        end_sign_ins(user, but=request.session.session_key)
    note_account("account.factor_added", user, by=user, now=clock.now(), kind=authenticator.type)
    tell(user, f"added.{authenticator.type}", now=clock.now())


def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if not second_factor.kinds_of(user):
        second_factor.forget(request)
    note_account("account.factor_removed", user, by=user, now=clock.now(), kind=authenticator.type)
    tell(user, f"removed.{authenticator.type}", now=clock.now())


def codes_renewed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    note_account("account.codes_renewed", user, by=user, now=clock.now())
    tell(user, "codes.renewed", now=clock.now())


def factor_used(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    second_factor.note_given(request, user, authenticator.type)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        note_account("account.code_used", user, by=user, now=clock.now())
        tell(user, "codes.used", now=clock.now())


def factor_failed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    note_account("account.factor_failed", user, by=None, now=clock.now(), kind=authenticator.type)
