"""Who signs: the password or a passkey; both factors where the site's policy asks; few tries (OUT-2). The one door to an IdentityProof."""

import json
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from fido2.webauthn import UserVerificationRequirement

from clinic import account_mail, audit
from clinic.actions.account import note_account
from clinic.findings import Refused, refuse
from clinic.locking.state import is_by_pin
from clinic.models import Site, User
from clinic.queries import policy_on, today_at
from clinic.signatures import IdentityProof

MOST_TRIES = 5
FORGOTTEN_AFTER = 300  # seconds
# Of one person in the second place of everybody's pages together: wide, since whoever uses them up keeps that person from there alone.
MOST_AS_SECOND, SECOND_FORGOTTEN_AFTER = 20, 3600
# Wrong tries at a signature in sign-ins that a PIN opened, an hour.
MOST_BY_PIN = 10
# What a made-up answer of a passkey makes its parsers raise.
BROKEN_ANSWERS = (ValueError, TypeError, LookupError, AttributeError, RecursionError, struct.error, ValidationError)
TRIES = "vigil.tries_to_sign"
SIGNED = "vigil.signed_with_both"
ASKED = "vigil.passkey_to_sign"
SIGN_IN_LASTS = 12 * 60 * 60


class SignInEndedError(Exception):
    """Five wrong tries at signing: the sign-in is over. The middleware ends it and says so."""


@dataclass(frozen=True)
class Given:
    """What a signer typed or showed."""

    password: str = ""
    code: str = ""
    passkey: str = ""


def confirm_identity(request: HttpRequest, given: Given) -> IdentityProof:
    """That it is the person who is signed in. Call it before any transaction: Argon2 is slow on purpose.

    The first signature of a sign-in takes both factors where the policy wants them; a passkey with its PIN, finger or face is both. Raises
    Refused (OUT-2), and SignInEndedError at the fifth wrong try in a row.
    """
    user: User = request.user  # type: ignore[assignment]
    both = asks_both(request)
    stop_when_incomplete(given, both)
    stop_at_tablets(request, user)
    key = f"identity-tries:own:{tries_of(request)}"
    number = take_a_try(key, MOST_TRIES, SIGN_IN_LASTS)
    if number is None or not is_proven(request, user, given, both):
        note_failure(request, user)
        if number is None or number == MOST_TRIES - 1:
            raise SignInEndedError
        raise wrong(given, both)
    give_back(key, MOST_TRIES)
    give_back(f"identity-tries:pin:{user.pk}", MOST_BY_PIN)
    if both:
        request.session[SIGNED] = user.pk
    return IdentityProof(user=user, method=method_of(given, both))


def confirm_second(request: HttpRequest, user: User, given: Given) -> IdentityProof:
    """That a second person is who they say, on the page of who is signed in: both factors each time where the policy wants them.

    Wrong tries count for the two of them, and for the signer over everybody's pages; neither's own sign-in or signing is touched by them.
    """
    both = policy_asks(request)
    stop_when_incomplete(given, both)
    beside, together = f"identity-tries:{request.user.pk}:{user.pk}", f"identity-tries:second:{user.pk}"
    # One after the other: who is stopped for the two of them uses up nothing of the signer's on other pages.
    tries = []
    for key, most, seconds in ((beside, MOST_TRIES, FORGOTTEN_AFTER), (together, MOST_AS_SECOND, SECOND_FORGOTTEN_AFTER)):
        tries.append((key, take_a_try(key, most, seconds)))
        if tries[-1][1] is None:
            raise refuse("OUT-2", "Too many wrong passwords. Wait five minutes. Nothing was signed.", code="OUT-2.tries", field="password")
    if not is_proven(request, user, given, both):
        note_failure(request, user)
        raise wrong(given, both)
    cache.delete_many([f"{key}:{number}" for key, number in tries])
    return IdentityProof(user=user, method=method_of(given, both))


def policy_asks(request: HttpRequest) -> bool:
    """Whether the site's policy of today wants both factors; asked once a request, and not at all where no version ever did."""
    if not hasattr(request, "both_to_sign"):
        site: Site | None = getattr(request, "site", None)
        may_ask = site is not None and getattr(request.membership, "may_ask_second_factor", False)  # type: ignore[attr-defined]
        asks = may_ask and policy_on(site, today_at(site, request.now)).both_to_sign  # type: ignore[arg-type,attr-defined]
        request.both_to_sign = asks  # type: ignore[attr-defined]
    return bool(request.both_to_sign)  # type: ignore[attr-defined]


def asks_both(request: HttpRequest) -> bool:
    """Whether the next signature of this sign-in takes both: the first one, where the policy wants it."""
    return policy_asks(request) and request.session.get(SIGNED) != request.user.pk


def tries_of(request: HttpRequest) -> str:
    """A name for this sign-in's own tries that stays while a lock changes the session's key."""
    return str(request.session.setdefault(TRIES, secrets.token_hex(8)))


def stop_at_tablets(request: HttpRequest, user: User) -> None:
    """A PIN that somebody saw opens one sign-in after another: over all of them few guesses at the password are had."""
    if is_by_pin(request) and take_a_try(f"identity-tries:pin:{user.pk}", MOST_BY_PIN, SECOND_FORGOTTEN_AFTER) is None:
        text = "Too many tries at tablets within the hour. Sign in with your password to sign. Nothing was signed."
        raise refuse("OUT-2", text, code="OUT-2.tries", field="password")


def give_back(key: str, most: int) -> None:
    cache.delete_many([f"{key}:{number}" for number in range(most)])


def take_a_try(key: str, most: int, seconds: int) -> int | None:
    """One of the few tries, taken before anything is looked at: many posts at once have no more of them. None when all are gone."""
    return next((number for number in range(most) if cache.add(f"{key}:{number}", True, seconds)), None)


def stop_when_incomplete(given: Given, both: bool) -> None:
    if both and not given.passkey and not given.code:
        text = "Type the code of your app too: this signature takes both. Nothing was signed."
        raise refuse("OUT-2", text, code="OUT-2.both", field="password")


def is_proven(request: HttpRequest, user: User, given: Given, both: bool) -> bool:
    if not user.is_active:
        return False
    if given.passkey:
        return is_passkey_right(request, user, given.passkey)
    return user.check_password(given.password) and (not both or is_code_right(user, given.code, now=request.now))  # type: ignore[attr-defined]


def is_code_right(user: User, code: str, *, now: datetime) -> bool:
    """Of the app, or a recovery code, which is told to its person; each holds once."""
    for row in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        if row.wrap().validate_code(code):
            row.record_usage()
            if row.type == Authenticator.Type.RECOVERY_CODES:
                note_account("account.code_used", user, by=user, now=now)
                account_mail.tell(user, "codes.used", now=now)
            return True
    return False


def ask_for_passkey(request: HttpRequest, user: User | None) -> dict[str, object]:
    """What the browser is to ask a passkey: one of this person's, or (a second person) whichever they choose. It holds for one answer."""
    credentials = webauthn.get_credentials(user) if user is not None else []
    options, state = webauthn.get_server().authenticate_begin(credentials=credentials, user_verification=UserVerificationRequirement.REQUIRED)
    request.session[ASKED] = state
    return dict(options)


def is_passkey_right(request: HttpRequest, user: User, answer: str) -> bool:
    state = request.session.pop(ASKED, None)
    try:
        response = json.loads(answer)
        webauthn.parse_authentication_response(response)
        webauthn.get_server().authenticate_complete(state, webauthn.get_credentials(user), response)
    except BROKEN_ANSWERS:
        return False
    return True


def wrong(given: Given, both: bool) -> Refused:
    if given.passkey:
        text = "That is not your passkey. Nothing was signed."
    elif both:
        text = "The password or the code is wrong. Nothing was signed."
    else:
        text = "That is not your password. Nothing was signed."
    return refuse("OUT-2", text, code="OUT-2.identity", field="password")


def method_of(given: Given, both: bool) -> str:
    if given.passkey:
        return "passkey"
    return "both" if both else "password"


def note_failure(request: HttpRequest, user: User) -> None:
    """A wrong try is an entry about the signer, by whoever's sign-in it came from."""
    site: Site | None = getattr(request, "site", None)
    audit.record(action="identity.failed", target=user, by=request.user, now=request.now, site=site)  # type: ignore[arg-type,attr-defined]
