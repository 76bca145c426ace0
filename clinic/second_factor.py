"""The second factor of a sign-in: where a site's policy asks for it, and whether this sign-in has given it. Asked at the site's door."""

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.db.models.expressions import BaseExpression
from django.http import HttpRequest

from clinic.locking.state import is_by_pin
from clinic.locking.tablet import tablet_here
from clinic.models import Membership, Site, SitePolicy, User
from clinic.queries import policy_on, today_at
from clinic.queries.policies import asking_second_factor

MARK = "vigil.second_factor"
# What stands for a person alone; recovery codes come with one of these.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorOwedError(Exception):
    """The site's policy asks for a second factor that this sign-in hasn't given: the middleware leads there."""


def marks() -> dict[str, BaseExpression]:
    """For the door's own query: whether any version of the site's policy asks at all, so that most doors need not look closer."""
    return {"may_ask_second_factor": Exists(SitePolicy.objects.filter(site=OuterRef("site"), second_factor=True))}


def demand(request: HttpRequest, membership: Membership) -> None:
    """Raises SecondFactorOwedError where the policy of today asks for more than this sign-in has shown.

    A PIN with the tablet that an administrator enrolled is what one knows and what one has; what it may do is bounded by `PIN_LACKS`.
    """
    if not membership.may_ask_second_factor or is_given(request) or is_at_its_tablet(request, membership):  # type: ignore[attr-defined]
        return
    if policy_on(membership.site, today_at(membership.site, request.now)).second_factor:  # type: ignore[attr-defined]
        raise SecondFactorOwedError


def is_owed(request: HttpRequest, site: Site) -> bool:
    """Whether another site's policy of today asks for a second factor that this sign-in hasn't shown."""
    return not is_given(request) and policy_on(site, today_at(site, request.now)).second_factor  # type: ignore[attr-defined]


def owed_at(request: HttpRequest, sites: Iterable[Site]) -> set[int]:
    """The same of many sites in one query: those that ask for more than this sign-in has shown."""
    if is_given(request):
        return set()
    return asking_second_factor({site.pk: today_at(site, request.now) for site in sites})  # type: ignore[attr-defined]


def is_at_its_tablet(request: HttpRequest, membership: Membership) -> bool:
    """A PIN is enough at a tablet of this site alone: another site's enrolment says nothing here."""
    tablet = tablet_here(request) if is_by_pin(request) else None
    return tablet is not None and tablet.site_id == membership.site_id


def is_given(request: HttpRequest) -> bool:
    """By whom is kept with it: nobody inherits the second factor of who was signed in here before."""
    whose, _, how = str(request.session.get(MARK, "")).partition(" ")
    return bool(how) and whose == str(request.user.pk)


def is_given_by(request: HttpRequest, how: str) -> bool:
    """Whether this sign-in has shown it in that way: who came by a passkey has one at hand to sign with."""
    return is_given(request) and str(request.session[MARK]).endswith(f" {how}")


def note_given(request: HttpRequest, user: User, how: str) -> None:
    """This sign-in has shown its second factor: a code or a passkey."""
    request.session[MARK] = f"{user.pk} {how}"


def forget(request: HttpRequest) -> None:
    request.session.pop(MARK, None)


def kinds_of(user: User) -> set[str]:
    """Which second factors a person has."""
    return set(Authenticator.objects.filter(user_id=user.pk, type__in=KINDS).order_by().values_list("type", flat=True))


def had_one(user: User, at: datetime) -> bool:
    """Whether a second factor was there before this moment."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=KINDS, created_at__lt=at).exists()
