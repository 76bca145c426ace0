"""Invite, mail, join (SET-10)."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.urls import reverse

from clinic.actions.invitations import invite, join_as_existing, join_as_new, withdraw_invitation
from clinic.findings import Refused
from clinic.models import AuditEntry, Invitation, Membership, User
from tests.cast import NOW
from tests.factories.clinic import UserFactory

PLACE = {"email": "New@Clinic.example", "printed_name": "Nina New", "role": "support", "credential": "ma"}
SECRET = {"printed_name": "Nina Neu", "password": "a long sentence to keep", "again": "a long sentence to keep"}


def invited(cast, **more):
    return invite(cast.riverside, **(PLACE | more), by=cast.admin, now=NOW)


def join_url(token):
    return reverse("accept_invitation", args=[token])


def test_an_invitation_keeps_no_token(cast):
    invitation, token = invited(cast)
    assert token not in (invitation.token_sha256, invitation.email)
    assert invitation.email == "new@clinic.example"
    assert invitation.expires_at == NOW + timedelta(days=7)
    assert token not in AuditEntry.objects.get(action="invitation.sent").body


def test_a_second_invitation_ends_the_first(cast, client, still_clock):
    _, first = invited(cast)
    _, second = invited(cast)
    assert client.get(join_url(first)).status_code == 404
    assert client.get(join_url(second)).status_code == 200


@pytest.mark.parametrize(("more", "field"), [({"email": "NURSE@riverside.example"}, "email"), ({"role": "prescriber"}, "credential")])
def test_refused_invitations(cast, more, field):
    with pytest.raises(Refused) as refused:
        invited(cast, **more)
    assert refused.value.findings[0].field == field
    assert not Invitation.objects.exists()


def test_from_the_page_to_the_place(cast, sign_in, client):
    response = sign_in(cast.admin).post(reverse("invite", args=["riverside"]), PLACE)
    assert response.status_code == 303
    message = mail.outbox[0]
    assert message.subject == "Your invitation"
    assert not re.search("spravato|esketamine|ketamine|psych", message.body, re.IGNORECASE)
    path = "/join/" + re.search(r"/join/(\S+)", message.body)[1]
    assert "Nina New" in client.get(path).text
    assert client.post(path, SECRET).status_code == 303
    person = User.objects.get(email="new@clinic.example")
    assert (person.printed_name, check_password(SECRET["password"], person.password)) == ("Nina Neu", True)
    assert person.memberships.get().role == "support"
    assert client.get(path).status_code == 404
    assert client.login(email=person.email, password=SECRET["password"])


def test_a_mail_server_that_is_down_is_said(cast, sign_in, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    client = sign_in(cast.admin)
    response = client.post(reverse("invite", args=["riverside"]), PLACE)
    assert "the mail could not be sent" in client.get(response["Location"]).text


@pytest.mark.parametrize(
    "change",
    [
        {"again": "another sentence"},
        {"password": "short", "again": "short"},
        {"password": "password123", "again": "password123"},
        {"printed_name": ""},
    ],
)
def test_a_bad_password_is_said_beside_its_field(cast, client, still_clock, change):
    _, token = invited(cast)
    response = client.post(join_url(token), SECRET | change)
    assert response.status_code == 422
    assert "invalid-feedback" in response.text
    assert not User.objects.filter(email="new@clinic.example").exists()


def test_one_answer_for_every_dead_link(cast, client, still_clock):
    _, used_token = invited(cast, email="used@clinic.example")
    join_as_new(used_token, printed_name="Used", password_hash="x", now=NOW)
    withdrawn, withdrawn_token = invited(cast, email="gone@clinic.example")
    withdraw_invitation(withdrawn, by=cast.admin, now=NOW)
    _, old_token = invite(cast.riverside, **(PLACE | {"email": "old@clinic.example"}), by=cast.admin, now=NOW - timedelta(days=8))
    answers = {
        re.sub(r"csrf[^>]*>|X-CSRFToken[^}]*", "", client.get(join_url(token)).text) for token in (used_token, withdrawn_token, old_token, "nothing")
    }
    assert len(answers) == 1
    assert client.post(join_url(old_token), SECRET).status_code == 404
    with pytest.raises(Refused):
        join_as_new(old_token, printed_name="Old", password_hash="x", now=NOW)


def test_an_account_joins_by_signing_in(cast, client, sign_in):
    person = UserFactory(email="new@clinic.example")
    _, token = invited(cast)
    page = client.get(join_url(token)).text
    assert "Sign in to join" in page
    assert client.post(join_url(token), SECRET).status_code == 422
    assert not person.memberships.exists()
    mine = sign_in(person)
    assert mine.get(join_url(token)).status_code == 200
    assert mine.post(join_url(token)).status_code == 303
    assert person.memberships.get().credential == "ma"


def test_somebody_elses_account_cannot_take_the_place(cast, sign_in):
    UserFactory(email="new@clinic.example")
    _, token = invited(cast)
    client = sign_in(cast.stranger)
    assert "Sign out first" in client.get(join_url(token)).text
    assert client.post(join_url(token)).status_code == 422
    with pytest.raises(Refused, match="another e-mail"):
        join_as_existing(token, by=cast.stranger, now=NOW)
    assert not Membership.objects.filter(site=cast.riverside, user=cast.stranger).exists()


def test_an_account_cannot_be_made_twice(cast):
    _, token = invited(cast)
    UserFactory(email="NEW@clinic.example")
    with pytest.raises(Refused, match="sign in to join"):
        join_as_new(token, printed_name="N", password_hash="x", now=NOW)


def test_who_left_comes_back(cast, sign_in):
    _, token = invited(cast, email=cast.former.email)
    assert sign_in(cast.former).post(join_url(token)).status_code == 303
    place = cast.former.memberships.get()
    assert (place.is_active, place.ended_at, place.role) == (True, None, "support")
    assert sign_in(cast.former).get(reverse("staff", args=["riverside"])).status_code == 200


def test_withdrawing_by_the_page(cast, sign_in):
    invitation, token = invited(cast)
    client = sign_in(cast.admin)
    url = reverse("withdraw_invitation", args=["riverside", invitation.pk])
    assert client.post(url).status_code == 303
    assert client.post(url).status_code == 303
    assert client.get(join_url(token)).status_code == 404
    assert AuditEntry.objects.filter(action="invitation.withdrawn").count() == 1


def test_the_place_taken_meanwhile(cast, sign_in, monkeypatch):
    person = UserFactory(email="new@clinic.example")
    _, token = invited(cast)

    def too_late(*args, **kwargs):
        join_as_existing(token, by=person, now=NOW)
        return join_as_existing(token, by=person, now=NOW)

    monkeypatch.setattr("clinic.views.join.join_as_existing", too_late)
    response = sign_in(person).post(join_url(token))
    assert response.status_code == 422
    assert "no longer works" in response.text
