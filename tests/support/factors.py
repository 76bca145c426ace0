"""Second factors for tests: an app that shows codes, a site that asks for them, a sign-in by the pages themselves."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from clinic.models import Site, SitePolicy, User
from tests.factories.clinic import PASSWORD
from tests.moment import NOW

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def asks_for_both(site: Site) -> None:
    SitePolicy.objects.filter(site=site).update(second_factor=True, both_to_sign=True)


def with_app(user: User) -> Authenticator:
    """The person's app is set up."""
    return TOTP.activate(user, SECRET).instance


def code(secret: str = SECRET) -> str:
    """What the app shows at this moment."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in_by_page(user: User, *, password: str = PASSWORD, client: Client | None = None) -> tuple[Client, HttpResponse]:
    """The first page: e-mail and password."""
    client = client or Client()
    return client, client.post(reverse("account_login"), {"login": user.email, "password": password})


def give_code(client: Client, typed: str) -> HttpResponse:
    return client.post(reverse("mfa_authenticate"), {"code": typed})


def asked_by(user: User) -> HttpRequest:
    """A request of a sign-in of this person's own, for what needs one and no page."""
    request = RequestFactory().post("/")
    request.session = SessionStore()
    request.session.create()
    request.user, request.now = user, NOW
    return request
