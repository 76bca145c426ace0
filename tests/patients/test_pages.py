"""Every form page in four ways: works; not signed in; wrong role; right role but another site's patient. And junk, which is never a 500."""

import itertools

import pytest

from clinic.models import AuditEntry
from tests.cast import Cast
from tests.factories.patients import ALL_NO
from tests.patients.pages import PAGES, Page, address, rows

pytestmark = pytest.mark.django_db
each_page = pytest.mark.parametrize("spot", PAGES, ids=lambda spot: spot.name)
JUNK = ["", "x" * 100_000, "\x00\x07", "😀" * 500, "9" * 400, "-1", "2026-02-31", "0001-01-01"]
# What a single field may well accept, so that it reaches the act.
LIKELY_JUNK = ["\u202e😀<script>=1", "9999-12-31"]


def junked(spot: Page) -> list[str]:
    """The fields to fill with junk; one of the many alike questions is enough."""
    return [name for name in spot.data if name not in ALL_NO or name == "aneurysm"]


def act_count(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


@each_page
def test_the_page_shows_its_form(spot: Page, cast: Cast, sign_in) -> None:
    response = sign_in(cast.person(spot.who)).get(address(spot, rows(cast)))
    assert response.status_code == 200
    assert b"<form" in response.content


@each_page
def test_a_post_does_the_act_and_goes_to_the_chart(spot: Page, cast: Cast, sign_in) -> None:
    found = rows(cast)
    before = spot.model.objects.count()
    response = sign_in(cast.person(spot.who)).post(address(spot, found), spot.data)
    assert response.status_code == 303, response.context["form"].errors
    assert response["Location"].startswith("/riverside/patients/")
    assert spot.model.objects.count() == before + spot.changes_rows
    assert AuditEntry.objects.get(action=spot.action).actor == cast.person(spot.who)
    row = spot.model.objects.latest("pk") if spot.changes_rows else getattr(found, spot.of)._meta.model.objects.get(pk=getattr(found, spot.of).pk)
    assert {name: str(getattr(row, name)) for name in spot.fields} == {name: str(value) for name, value in spot.fields.items()}


@each_page
def test_signed_out_people_are_sent_to_sign_in(spot: Page, cast: Cast, client) -> None:
    response = client.post(address(spot, rows(cast)), spot.data)
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]
    assert not act_count(spot.action)


@each_page
def test_the_wrong_role_is_refused(spot: Page, cast: Cast, sign_in) -> None:
    before = spot.model.objects.count()
    found = rows(cast)
    made = spot.model.objects.count() - before
    client = sign_in(cast.person(spot.whom))
    assert client.get(address(spot, found)).status_code == 403
    assert client.post(address(spot, found), spot.data).status_code == 403
    assert spot.model.objects.count() == before + made
    assert not act_count(spot.action)


@each_page
def test_another_sites_patient_is_hidden(spot: Page, cast: Cast, sign_in) -> None:
    """The row is Hillcrest's: neither its own address nor Riverside's opens it to Riverside's staff."""
    found = rows(cast, cast.hillcrest)
    before = spot.model.objects.count()
    client = sign_in(cast.person(spot.who))
    slugs = ["hillcrest", "riverside"] if spot.of else ["hillcrest"]
    for slug in slugs:
        assert client.post(address(spot, found, slug), spot.data).status_code == 404
    assert spot.model.objects.count() == before
    assert not act_count(spot.action)


@pytest.mark.parametrize("spot", [spot for spot in PAGES if spot.data], ids=lambda spot: spot.name)
def test_junk_is_taken_or_refused_beside_its_field(spot: Page, cast: Cast, sign_in) -> None:
    client, to = sign_in(cast.person(spot.who)), address(spot, rows(cast))
    everywhere = [dict.fromkeys(spot.data, junk) for junk in JUNK]
    one_by_one = [{**spot.data, name: junk} for name, junk in itertools.product(junked(spot), LIKELY_JUNK)]
    for data in everywhere + one_by_one:
        client.force_login(cast.person(spot.who))  # five wrong passwords end a sign-in
        response = client.post(to, data)
        assert response.status_code in (303, 404, 422), data
        if response.status_code == 422:
            assert response.context["form"].errors, data


@each_page
def test_names_stay_out_of_the_audit(spot: Page, cast: Cast, sign_in) -> None:
    sign_in(cast.person(spot.who)).post(address(spot, rows(cast)), spot.data)
    bodies = " ".join(AuditEntry.objects.values_list("body", flat=True))
    for typed in ("Testa", "Łoś", "Élodie", "A-77", "1990-02-03", "555 0188", "Lorazepam", "Remission", "Admitted"):
        assert typed not in bodies
