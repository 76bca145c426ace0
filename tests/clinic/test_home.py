"""The front page: straight to the one site, a choice of several, a kind word for none."""

import pytest
from django.urls import reverse

from tests.factories.clinic import MembershipFactory, UserFactory


@pytest.mark.parametrize(("role", "path"), [("nurse", "/riverside/"), ("admin", "/riverside/"), ("auditor", "/riverside/patients/")])
def test_straight_to_the_one_site(cast, sign_in, role, path):
    response = sign_in(cast.person(role)).get("/")
    assert (response.status_code, response["Location"]) == (303, path)


def test_a_choice_of_several(cast, sign_in):
    MembershipFactory(site=cast.hillcrest, user=cast.nurse)
    page = sign_in(cast.nurse).get("/").text
    assert "Open Riverside" in page
    assert "Open Hillcrest" in page


@pytest.mark.parametrize("word", ["former", "nobody"])
def test_a_kind_word_for_none(cast, sign_in, word):
    person = UserFactory() if word == "nobody" else cast.former
    assert "ask an administrator" in sign_in(person).get("/").text.lower()


def test_an_archived_site_is_gone(cast, sign_in):
    cast.riverside.is_archived = True
    cast.riverside.save(update_fields=["is_archived"])
    assert "You don’t belong" in sign_in(cast.nurse).get("/").text
    assert sign_in(cast.nurse).get(reverse("staff", args=["riverside"])).status_code == 404


def test_signed_out(db, client):
    assert client.get("/").status_code == 302
