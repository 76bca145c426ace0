"""The sign-in library's pages in our frame, the error pages on their own, and the plain page around one fragment."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from clinic.findings import refuse
from clinic.http import unprocessable
from tests.cast import NOW


@pytest.mark.parametrize(
    ("name", "heading"),
    [("account_login", "Sign in"), ("account_reset_password", "New password"), ("account_reset_password_done", "Look into your mail")],
)
def test_pages_before_sign_in(db, name, heading):
    page = Client().get(reverse(name)).content.decode()
    assert heading in page
    assert "account_signup" not in page
    assert 'class="v-nav"' not in page


@pytest.mark.parametrize(("name", "heading"), [("account_change_password", "Change password"), ("account_logout", "Sign out?")])
def test_pages_of_ones_own_account(cast, sign_in, name, heading):
    page = sign_in(cast.nurse).get(reverse(name)).content.decode()
    assert heading in page
    assert cast.nurse.printed_name in page


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "confirm-email/abc/"])
def test_nobody_changes_the_address_of_an_account(cast, sign_in, path):
    client, mine = sign_in(cast.nurse), cast.nurse.email
    for data in ({"action_add": "", "email": "another@demo.example"}, {"action_primary": "", "email": "another@demo.example"}):
        assert client.post(f"/accounts/{path}", data).status_code == 404
    assert client.get(f"/accounts/{path}").status_code == 404
    cast.nurse.refresh_from_db()
    assert cast.nurse.email == mine


def test_a_wrong_password_is_said_without_naming_which(cast):
    page = Client().post(reverse("account_login"), {"login": cast.nurse.email, "password": "wrong-password"})
    assert page.status_code == 200
    assert "not correct" in page.content.decode()


def test_an_old_reset_link_leads_to_a_new_one(db):
    page = Client().get(reverse("account_reset_password_from_key", args=["1", "set-x"])).content.decode()
    assert reverse("account_reset_password") in page


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name):
    page = render_to_string(name)
    assert "<h1>" in page
    assert "errors.css" in page


def test_a_refusal_without_htmx_has_the_plain_page_around_it(cast):
    request = RequestFactory().get("/")
    request.user, request.now, request.htmx = cast.nurse, NOW, False
    context = {"findings": refuse("OUT-1", "The gate is shut.").findings, "title": "", "good": ""}
    page = unprocessable(request, "components/_findings.html", context, title="Not yet")
    assert page.status_code == 422
    assert "<h1>Not yet</h1>" in page.content.decode()
    assert "The gate is shut." in page.content.decode()
