"""Signing in: nobody learns who has an account, a shift behind one router gets in, what changes counts at the next request."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user, hashers
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from clinic.actions.people import change_membership, end_membership
from clinic.models import AuditEntry, User
from tests.cast import NOW, Cast
from tests.factories.clinic import PASSWORD
from tests.support.factors import sign_in_by_page

BOARD = reverse("board", args=["riverside"])


def said(page: bytes) -> str:
    return re.sub(r'value="[^"]*"|content="[^"]*"|hx-headers=\S+ "[^"]*"}\S|datetime="[^"]*"', "", page.decode())


def test_a_wrong_sign_in_tells_and_costs_the_same_whoever_is_named(cast: Cast, still_clock, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    real = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda self, *args: hashed.append(args[0]) or real(self, *args))
    User.objects.filter(pk=cast.former.pk).update(is_active=False)
    answers = []
    for email, password in ((cast.nurse.email, "wrong"), ("nobody@riverside.example", "wrong"), (cast.former.email, "wrong")):
        hashed.clear()
        page = Client().post(reverse("account_login"), {"login": email, "password": password})
        answers.append((page.status_code, said(page.content), len(hashed)))
    assert len(set(answers)) == 1, [answer[2] for answer in answers]
    client, _ = sign_in_by_page(cast.former)
    assert not get_user(client).is_authenticated
    failed = AuditEntry.objects.filter(action="account.sign_in_failed")
    assert set(failed.values_list("target_pk", flat=True)) == {str(cast.nurse.pk), str(cast.former.pk)}


def test_asking_for_a_new_password_tells_and_costs_the_same(cast: Cast, still_clock, mailoutbox) -> None:
    answers = [Client().post(reverse("account_reset_password"), {"email": email}).url for email in (cast.nurse.email, "nobody@riverside.example")]
    assert len(set(answers)) == 1
    assert [len(mail.to) for mail in mailoutbox] == [1, 1]
    assert {mail.subject for mail in mailoutbox} == {mailoutbox[0].subject}


def test_five_wrong_passwords_close_one_account_and_no_colleagues(cast: Cast, still_clock) -> None:
    for _ in range(5):
        sign_in_by_page(cast.nurse, password="wrong")
    assert sign_in_by_page(cast.nurse)[1].status_code == 200
    for who in ("prescriber", "desk", "support", "admin", "auditor"):
        assert sign_in_by_page(cast.person(who))[1].status_code == 302
    still_clock.shift(timedelta(minutes=5, seconds=1))
    assert sign_in_by_page(cast.nurse)[1].status_code == 302


@pytest.mark.parametrize(
    ("page", "field", "more"),
    [
        ("account_reauthenticate", "password", {}),
        ("account_change_password", "oldpassword", {"password1": "a quite new long passphrase", "password2": "a quite new long passphrase"}),
    ],
)
def test_an_open_sign_in_gives_five_guesses_at_its_password(cast: Cast, still_clock, page: str, field: str, more: dict[str, str]) -> None:
    """A thief at an unlocked tablet; five minutes later the person's own is taken again."""
    nurse, url = sign_in_by_page(cast.nurse)[0], reverse(page)
    statuses = [nurse.post(url, {field: f"wrong {number}", **more}).status_code for number in range(5)]
    assert statuses == [200] * 5
    assert nurse.post(url, {field: PASSWORD, **more}).status_code == 429
    still_clock.shift(timedelta(minutes=5, seconds=1))
    assert nurse.post(url, {field: PASSWORD, **more}).status_code == 302


def test_a_shift_of_twelve_signs_in_behind_one_router_within_a_minute(cast: Cast, still_clock) -> None:
    for _ in range(12):
        assert sign_in_by_page(cast.prescriber)[1].status_code == 302
        assert Client().get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"}).status_code == 200


def test_who_is_disabled_or_loses_a_role_is_so_at_the_next_request(cast: Cast, sign_in) -> None:
    nurse, settings = sign_in(cast.nurse), reverse("site_settings", args=["riverside"])
    assert (nurse.get(BOARD).status_code, nurse.get(settings).status_code) == (200, 403)
    change_membership(cast.of(cast.nurse), role="administrator", credential="none", by=cast.admin, now=NOW)
    assert nurse.get(settings).status_code == 200
    change_membership(cast.of(cast.nurse), role="auditor", credential="none", by=cast.admin, now=NOW)
    assert (nurse.get(settings).status_code, nurse.get(BOARD).status_code) == (403, 403)
    end_membership(cast.of(cast.nurse), by=cast.admin, now=NOW)
    assert nurse.get(reverse("patient_list", args=["riverside"])).status_code == 404
    User.objects.filter(pk=cast.nurse.pk).update(is_active=False)
    assert nurse.get("/").url.startswith(reverse("account_login"))


def test_i_see_where_i_am_signed_in_and_end_it(cast: Cast, still_clock) -> None:
    here, _ = sign_in_by_page(cast.nurse, client=Client(headers={"User-Agent": "Mozilla/5.0 (iPad) Version/17 Safari/604.1"}))
    there, _ = sign_in_by_page(cast.nurse, client=Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537"}))
    colleague, _ = sign_in_by_page(cast.prescriber)
    page = here.get(reverse("sign_ins")).content.decode()
    assert all(words in page for words in ("Safari on iPad", "Chrome on Windows", "Here", "Signed in", "127.0.0.1"))
    address = re.search(r'action="(/accounts/sign-ins/\w+/end/)"', page)[1]
    colleague.post(address)
    assert get_user(there) == cast.nurse, "somebody else's number ends nothing"
    assert here.post(address).status_code == 303
    assert not get_user(there).is_authenticated
    again, _ = sign_in_by_page(cast.nurse)
    assert here.post(reverse("end_all_sign_ins"))["Location"] == reverse("account_login")
    assert not get_user(here).is_authenticated
    assert not get_user(again).is_authenticated
    assert get_user(colleague) == cast.prescriber
    assert AuditEntry.objects.filter(action="account.ended").count() == 2


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("eleven purple lanterns", True),
        ("x7Kq2mZp9Rw4TbL", True),
        ("длинная фраза из слов", True),
        ("a" * 20 + " long " + "word " * 8, True),
        ("purple lanterns", True),
        ("purple lantern", False),
        ("VigilSpravato2026!!", False),
        ("passwordpassword", False),
        ("nora.nurse.nora.nurse", False),
        ("aaaaaaaaaaaaaaaaaaaaa", False),
        ("111111111111111111", False),
    ],
)
def test_a_passphrase_is_long_and_ones_own(password: str, is_good: bool) -> None:
    person = User(email="nurse@riverside.example", printed_name="Nora Nurse")
    if is_good:
        assert validate_password(password, person) is None
        return
    with pytest.raises(ValidationError):
        validate_password(password, person)
