"""Versions of the policy: planned, in force, taken back, never edited."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.actions.policy import DECIDED, decided, plan_policy, withdraw_policy
from clinic.findings import Refused
from clinic.models import AuditEntry, SitePolicy
from clinic.queries import policy_on
from tests.cast import NOW, TODAY
from tests.clinic.helpers import queries_of
from tests.factories.clinic import SitePolicyFactory

pytestmark = pytest.mark.usefixtures("usual_lock")
TOMORROW = TODAY + timedelta(days=1)


def planned(cast, day=TOMORROW, **values):
    return plan_policy(cast.riverside, effective_on=day, values=values or {"high_systolic": 165}, reason="Decided", by=cast.admin, now=NOW)


def posted(site, **change):
    """The form as the page would post it."""
    values = decided(policy_on(site, TODAY))
    values["check_minutes"] = ", ".join(map(str, values["check_minutes"]))
    return {**values, "effective_on": str(TOMORROW), "reason": "Decided", **change}


def test_a_planned_version_takes_over_the_rest(cast, riverside):
    policy = planned(cast, high_systolic=165)
    assert policy_on(riverside, TODAY).high_systolic == 160
    assert policy_on(riverside, TOMORROW).high_systolic == 165
    assert policy.minimum_watch_minutes == 120
    assert "change high_systolic [160, 165]" in AuditEntry.objects.get(action="policy.planned").body


@pytest.mark.parametrize(
    ("values", "match"),
    [({"minimum_watch_minutes": 90}, "Between 120"), ({"high_systolic": 160}, "Nothing differs"), ({"critical_spo2": 95}, "beyond the high")],
)
def test_refused_versions(cast, values, match):
    with pytest.raises(Refused, match=match):
        planned(cast, **values)
    assert SitePolicy.objects.filter(site=cast.riverside).count() == 1


def test_one_version_a_day(cast):
    planned(cast)
    with pytest.raises(Refused, match="already begins"):
        planned(cast, high_systolic=170)


def test_taking_back(cast, riverside):
    policy = planned(cast)
    withdraw_policy(policy, by=cast.admin, now=NOW)
    withdraw_policy(policy, by=cast.admin, now=NOW)
    assert policy_on(riverside, TOMORROW).high_systolic == 160
    assert AuditEntry.objects.filter(action="policy.withdrawn").count() == 1


def test_what_has_begun_stays(cast):
    policy = planned(cast)
    with pytest.raises(Refused, match="has begun"):
        withdraw_policy(policy, by=cast.admin, now=NOW + timedelta(days=1))


def test_everything_decided_is_on_the_form(cast, riverside, sign_in):
    page = sign_in(cast.admin).get(reverse("new_policy", args=["riverside"])).text
    assert [name for name in DECIDED if f'name="{name}"' not in page] == []


def test_by_the_page(cast, riverside, sign_in):
    client = sign_in(cast.admin)
    response = client.post(reverse("new_policy", args=["riverside"]), posted(riverside, check_minutes="0 40,60, 120", high_systolic="165"))
    assert response.status_code == 303
    assert policy_on(riverside, TOMORROW).check_minutes == [0, 40, 60, 120]
    page = client.get(response["Location"]).text
    assert "<del>0, 40, 120</del> → <ins>0, 40, 60, 120</ins>" in page
    assert "PharmD" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "Nothing differs"),
        ({"effective_on": str(TODAY), "rest_minutes": "6"}, "tomorrow at the earliest"),
        ({"check_minutes": "0, forty"}, "List whole minutes"),
        ({"check_minutes": "0, 60"}, "between 30 and 50"),
        ({"high_systolic": "9" * 40}, "240"),
        ({"signing_credentials": ["ma"]}, "not one of the available choices"),
        ({"critical_systolic": "150"}, "beyond the high one"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_refusals_stand_on_the_page(cast, riverside, sign_in, change, words):
    response = sign_in(cast.admin).post(reverse("new_policy", args=["riverside"]), posted(riverside, **change))
    assert response.status_code == 422
    assert words in response.text
    assert SitePolicy.objects.filter(site=riverside).count() == 1


def test_taking_back_by_the_page(cast, riverside, sign_in):
    client, policy = sign_in(cast.admin), planned(cast)
    url = reverse("withdraw_policy", args=["riverside", policy.pk])
    assert client.post(url).status_code == 303
    current = reverse("withdraw_policy", args=["riverside", policy_on(riverside, TODAY).pk])
    response = client.post(current)
    assert response.status_code == 422
    assert "stays on record" in response.text


def test_thirty_versions_cost_the_same(cast, riverside, sign_in):
    client, url = sign_in(cast.admin), reverse("policies", args=["riverside"])
    few = queries_of(client, url)
    for day in range(1, 31):
        SitePolicyFactory(site=riverside, effective_on=TODAY - timedelta(days=day), recorded_by=cast.admin, round_minutes=15 + day % 2)
    assert queries_of(client, url) == few
