"""Who is written to when a way to sign in was changed or used up: by a real mail server, in neutral words, and never twice for one change."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from celery import current_app
from django.core import mail
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError
from pytest_django import Settings

from clinic import account_mail
from clinic.actions.account import reset_by_operator, reset_second_factor
from clinic.actions.guessing import raise_guessing
from clinic.identity import Given, confirm_identity
from clinic.models import AuditEntry, Membership, Notice
from clinic.tasks import tell_of_account, tell_of_closed
from tests.cast import NOW, Cast
from tests.factories.clinic import PASSWORD
from tests.support.factors import asked_by, asks_for_both, code, give_code, sign_in_by_page, with_app
from tests.support.smtp import Inbox

NEW = "heron stands in the river at dusk"


@pytest.fixture
def post(settings: Settings, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Any:
    """Does something, and has the worker do what was asked of it; the letters that arrived."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", inbox.port, False
    monkeypatch.setattr(current_app, "send_task", lambda name, args, expires: tell_of_account(*args))

    def done(act: Any) -> list[EmailMessage]:
        before = len(inbox.messages)
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return inbox.messages[before:]

    return done


def told(letters: list[EmailMessage]) -> list[tuple[str, str, str]]:
    """To whom, under which subject, and the line that says what happened."""
    return [(str(one["To"]), str(one["Subject"]), one.get_content().splitlines()[2]) for one in letters]


def test_each_change_is_told_to_its_person_once(cast: Cast, post: Any, still_clock: Any) -> None:
    nurse = cast.nurse.email
    client, _ = sign_in_by_page(cast.nurse)
    said = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    letters = post(lambda: client.post(reverse("account_change_password"), said))
    assert told(letters) == [(nurse, "Your sign-in was changed", "Your password was changed.")]
    words = letters[0].get_content()
    assert "/accounts/password/reset/" in words
    assert not any(word in f"{letters[0]['Subject']} {words}".lower() for word in ("riverside", "spray", "ketamine", "patient", "clinic"))
    secret: list[str] = []

    def set_up() -> None:
        client.get(reverse("mfa_activate_totp"))
        secret.append(client.session["mfa.totp.secret"])
        client.post(reverse("mfa_activate_totp"), {"code": code(secret[0])})

    assert [what for _, _, what in told(post(set_up))] == ["An app for codes was added as a second step."]
    assert [what for _, _, what in told(post(lambda: client.post(reverse("mfa_generate_recovery_codes"))))] == [account_mail.WORDS["codes.renewed"]]
    spare = RecoveryCodes(RecoveryCodes.activate(cast.nurse).instance).get_unused_codes()[0]
    other = Client()
    sign_in_by_page(cast.nurse, password=NEW, client=other)
    assert told(post(lambda: give_code(other, spare)))[0][1:] == ("A recovery code was used", account_mail.WORDS["codes.used"])
    assert [what for _, _, what in told(post(lambda: client.post(reverse("mfa_deactivate_totp"))))] == [account_mail.WORDS["removed.totp"]]


def test_a_code_used_up_at_a_signature_is_an_entry_and_a_letter(cast: Cast, post: Any, still_clock: Any) -> None:
    asks_for_both(cast.riverside)
    with_app(cast.nurse)
    spare, request = RecoveryCodes.activate(cast.nurse).get_unused_codes()[0], asked_by(cast.nurse)
    request.both_to_sign = True
    letters = post(lambda: confirm_identity(request, Given(PASSWORD, spare)))
    assert [what for _, _, what in told(letters)] == [account_mail.WORDS["codes.used"]]
    assert AuditEntry.objects.filter(action="account.code_used", actor=cast.nurse).count() == 1


def test_what_others_did_is_told_too(cast: Cast, post: Any, still_clock: Any) -> None:
    with_app(cast.nurse)
    member = Membership.objects.get(user=cast.nurse, site=cast.riverside)
    for act in (lambda: reset_second_factor(member, by=cast.admin, now=NOW), lambda: reset_by_operator(cast.nurse, now=NOW)):
        assert told(post(act)) == [(cast.nurse.email, "Your sign-in was changed", account_mail.WORDS["taken"])]
    letters = post(lambda: raise_guessing(cast.riverside, cast.nurse, "identity.stopped", "Wrong.", now=NOW, by=cast.nurse))
    assert [to for to, _, _ in told(letters)] == [cast.admin.email]
    assert "sign the review of the trail" in letters[0].get_content()
    assert cast.nurse.printed_name not in letters[0].get_content()


def test_a_sign_in_that_wrong_passwords_closed_is_told_once_a_day(cast: Cast, post: Any, still_clock: Any) -> None:
    """By a sweep: the door's answer takes as long for nobody's address (21 CFR 11.300(d))."""

    def wrong(times: int, email: str) -> None:
        for _ in range(times):
            Client().post(reverse("account_login"), {"login": email, "password": "wrong"})

    def swept() -> list[tuple[str, str]]:
        return [(to, subject) for to, subject, _ in told(post(tell_of_closed))]

    wrong(9, "nobody@riverside.example")
    wrong(4, cast.nurse.email)
    assert swept() == []
    wrong(1, cast.nurse.email)
    closed = [(cast.nurse.email, "Your sign-in was closed"), (cast.admin.email, "Please review")]
    assert swept() == closed
    task = Notice.objects.get(kind="guessing", resolved_at__isnull=True)
    assert (task.site, cast.nurse.printed_name in task.text) == (cast.riverside, False)
    assert AuditEntry.objects.get(action="account.closed", site=None).target_pk == str(cast.nurse.pk)
    for hours in (1, 22):
        still_clock.shift(timedelta(hours=hours))
        wrong(6, cast.nurse.email)
        assert swept() == []
    still_clock.shift(timedelta(hours=2))
    assert swept() == []
    wrong(6, cast.nurse.email)
    assert swept() == closed


def test_five_wrong_passwords_far_apart_close_nothing_and_a_late_sweep_tells_of_five_near_ones(cast: Cast, post: Any, still_clock: Any) -> None:
    for _ in range(5):
        Client().post(reverse("account_login"), {"login": cast.nurse.email, "password": "wrong"})
        still_clock.shift(timedelta(seconds=75))
    assert post(tell_of_closed) == []
    for _ in range(5):
        Client().post(reverse("account_login"), {"login": cast.desk.email, "password": "wrong"})
    still_clock.shift(timedelta(minutes=50))
    assert [to for to, _, _ in told(post(tell_of_closed))] == [cast.desk.email, cast.admin.email]


def test_a_new_password_by_mail_is_told(cast: Cast, post: Any, still_clock: Any) -> None:
    client = Client()
    asked = post(lambda: client.post(reverse("account_reset_password"), {"email": cast.nurse.email}))
    link = next(line for line in asked[0].get_content().splitlines() if "/key/" in line)
    page = client.get(link.removeprefix("http://testserver").removeprefix("http://127.0.0.1:8000"), follow=True)
    letters = post(lambda: client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW}))
    assert [what for _, _, what in told(letters)] == [account_mail.WORDS["password.reset"]]


def test_without_a_broker_it_goes_at_once_and_a_dead_mail_server_stops_nobody(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(current_app, "send_task", away)
    account_mail.ask_to_tell(cast.nurse.pk, "password.changed", NOW)
    assert [letter.to for letter in mail.outbox] == [[cast.nurse.email]]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9
    account_mail.ask_to_tell(cast.nurse.pk, "password.changed", NOW + timedelta(minutes=1))
