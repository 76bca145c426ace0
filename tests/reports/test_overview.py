"""The overview page: what fell short first and who acts, narrowing by the address, what it costs, a person's sites side by side."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import Membership
from clinic.roles import Role
from reports.models import AuditFinding, SelfAudit
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.clinic import SiteFactory, SitePolicyFactory
from tests.factories.sessions import ObservationFactory, at_state

PATH = "/riverside/reports/"


def a_short_watch(cast: Cast, weeks_ago: int = 0) -> object:
    """Left after 100 minutes."""
    first = NOW - timedelta(minutes=200, weeks=weeks_ago)
    day = {"treatment_on": TODAY - timedelta(weeks=weeks_ago), "starts_at": first - timedelta(minutes=30)} if weeks_ago else {}
    session = at_state(
        Status.DISCHARGED, cast, first_device_at=first, discharged_at=first + timedelta(minutes=100), now=first + timedelta(minutes=100), **day
    )
    ObservationFactory(session=session, observed_at=first + timedelta(minutes=40), recorded_by=cast.nurse)
    return session


def test_what_fell_short_stands_first_with_who_acts(cast: Cast, sign_in: Callable[..., Client]) -> None:
    session = a_short_watch(cast)
    monday = TODAY - timedelta(days=TODAY.weekday())
    days = {"week_on": monday, "first_on": monday - timedelta(days=35), "last_on": monday - timedelta(days=1)}
    round_ = SelfAudit.objects.create(site=cast.riverside, ran_at=NOW, visits=1, **days)
    told = {"measure": "watched", "rule": "MON-1", "found_on": monday, "session": session}
    plan = {"owner": cast.nurse, "planned_by": cast.admin, "planned_at": NOW, "cause": "Busy", "action": "Two at the door", "due_on": TODAY}
    AuditFinding.objects.create(site=cast.riverside, audit=round_, key="a", recheck_on=TODAY + timedelta(days=7), **plan, **told)
    AuditFinding.objects.create(site=cast.riverside, audit=round_, key="b", **told)
    client = sign_in(cast.admin)
    page = client.get(PATH).content.decode()
    assert "rules were kept in full" in page
    first = page[page.index("Who acts") :]
    assert first.index("watched for the whole minimum time") < first.index("Trends")
    assert "Nora Nurse" in first
    assert "2 open, 1 nobody’s" in first
    assert page.count("<svg") > 20
    assert "My sites side by side" not in page
    assert len(page) < 60_000
    assert "v-trend-table" not in page
    assert "v-trend-table" in client.get(PATH, {"numbers": "1"}).content.decode()


def test_the_address_narrows_every_page_and_names_nobody(cast: Cast, sign_in: Callable[..., Client]) -> None:
    session = a_short_watch(cast)
    type(session).objects.filter(pk=session.pk).update(monitor=cast.nurse)  # type: ignore[attr-defined]
    client = sign_in(cast.admin)
    page = client.get(PATH, {"monitor": cast.nurse.pk, "prescriber": cast.prescriber.pk, "indication": "1", "phase": "1"}).content.decode()
    query = f"first=2026-03-16&amp;last=2026-06-10&amp;prescriber={cast.prescriber.pk}&amp;monitor={cast.nurse.pk}&amp;indication=1&amp;phase=1"
    assert f"/riverside/reports/watched/?{query}" in page
    assert "Monitor: Nora Nurse" in page
    listed = client.get(f"{PATH}watched/?{query.replace('&amp;', '&')}").content.decode()
    assert f"/sessions/{session.pk}/" in listed  # type: ignore[attr-defined]
    assert f'name="monitor" value="{cast.nurse.pk}"' in listed
    for codes in ({"monitor": cast.prescriber.pk}, {"phase": "3"}, {"indication": "2"}):
        assert "Nothing to measure yet" in client.get(PATH, codes).content.decode()
    assert client.get(PATH, {"monitor": cast.stranger.pk}).status_code == 422


def test_an_empty_site_says_so(cast: Cast, sign_in: Callable[..., Client]) -> None:
    page = sign_in(cast.admin).get(PATH).content.decode()
    assert "Nothing to measure yet" in page
    assert "100" not in page.split("<main")[1].split("</main")[0].replace("2026", "")


def test_thirteen_weeks_cost_what_one_session_costs(cast: Cast, sign_in: Callable[..., Client]) -> None:
    client = sign_in(cast.admin)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PATH).status_code == 200
        return len(queries)

    a_short_watch(cast)
    client.get(PATH)
    one = cost()
    for weeks in range(1, 13):
        a_short_watch(cast, weeks)
    assert cost() == one
    assert one <= 45


@pytest.mark.parametrize(("role", "is_seen"), [(Role.ADMINISTRATOR, True), (Role.MONITOR, False)])
def test_only_sites_whose_reports_i_may_see_are_side_by_side(role: Role, is_seen: bool, cast: Cast, sign_in: Callable[..., Client]) -> None:
    a_short_watch(cast)
    Membership.objects.create(site=cast.hillcrest, user=cast.admin, role=role, created_at=NOW)
    client = sign_in(cast.admin)
    assert ("My sites side by side" in client.get(PATH).content.decode()) is is_seen
    page = client.get(f"{PATH}sites/").content.decode()
    assert ("/hillcrest/reports/?" in page, "/riverside/reports/?" in page) == (is_seen, True)


def test_many_sites_cost_what_two_cost(cast: Cast, sign_in: Callable[..., Client]) -> None:
    """Whose policy asks for a second factor is one question, however many they are; a site that asks for it is left out."""
    client = sign_in(cast.admin)

    def cost() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"{PATH}network/").content.decode()
        return len(queries), page

    Membership.objects.create(site=cast.hillcrest, user=cast.admin, role=Role.ADMINISTRATOR, created_at=NOW)
    cost()
    two, _ = cost()
    for number in range(4):
        site = SiteFactory(organisation=cast.riverside.organisation, slug=f"site-{number}", name=f"Site {number}")
        SitePolicyFactory(site=site, second_factor=number == 0)
        Membership.objects.create(site=site, user=cast.admin, role=Role.ADMINISTRATOR, created_at=NOW)
    six, page = cost()
    assert six == two
    assert [f"Site {number}" in page for number in range(4)] == [False, True, True, True]
