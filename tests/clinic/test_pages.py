"""Every page of this room in the four ways: works, signed out, wrong role, another site's."""

import pytest
from django.urls import reverse

from clinic.models import AuditEntry
from tests.clinic.helpers import FORMS, PAGES, ROW_PAGES, arguments


@pytest.mark.parametrize("name", PAGES)
def test_works(cast, sign_in, name):
    assert sign_in(cast.admin).get(reverse(name, args=arguments(cast, name))).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_signed_out_is_led_to_sign_in(cast, client, name):
    response = client.get(reverse(name, args=arguments(cast, name)))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "role"), [(name, role) for name, roles in PAGES.items() for role in roles])
def test_wrong_role(cast, sign_in, name, role):
    assert sign_in(cast.person(role)).get(reverse(name, args=arguments(cast, name))).status_code == 403


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("person", ["stranger", "former"])
def test_another_sites_people_see_nothing(cast, sign_in, name, person):
    assert sign_in(cast.person(person)).get(reverse(name, args=arguments(cast, name))).status_code == 404


@pytest.mark.parametrize("name", ROW_PAGES)
def test_another_sites_row_is_not_there(cast, sign_in, name):
    before = AuditEntry.objects.exclude(action__startswith="access.").count()
    client = sign_in(cast.admin)
    url = reverse(name, args=arguments(cast, name, other=True))
    assert client.post(url, {}).status_code in (404, 405)
    if name in PAGES:
        assert client.get(url).status_code == 404
    assert AuditEntry.objects.exclude(action__startswith="access.").count() == before


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("role", ["desk", "nurse", "prescriber", "auditor"])
def test_only_administrators_post(cast, sign_in, name, role):
    response = sign_in(cast.person(role)).post(reverse(name, args=arguments(cast, name)), {})
    assert response.status_code == 403
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"access.denied"}
