"""Every page that staff of the floor and an auditor can reach by their links: no fault, no complaint of the browser, nothing serious for axe, nothing wider than the screen."""

import pytest

from sessions.models import TreatmentSession
from tests.e2e.crawling import Seen, crawl_of, walk_of
from tests.e2e.people import Opener
from tests.support.stack import LiveStack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

# From the most pages to the fewest.
ROLES = ("prescriber", "nurse", "desk", "support", "auditor")
# What a walk must have met, or it has lost its way.
LEAST = {"board", "flowsheet", "patient_chart", "schedule"}
LEAST_OF_AUDITOR = {"reports", "report_list", "flowsheet", "session_record", "audit"}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(role: str, demo_web: LiveStack, open_browser: Opener, seen: Seen) -> None:
    assert walk_of(role, demo_web, open_browser, seen) >= (LEAST_OF_AUDITOR if role == "auditor" else LEAST)


def test_every_state_of_a_session(demo_web: LiveStack, open_browser: Opener, seen: Seen) -> None:
    """The flowsheet of today's sessions, one of each state, each at its open step."""
    crawl = crawl_of("prescriber", demo_web, open_browser, seen)
    newest = TreatmentSession.objects.filter(site__slug="riverside").order_by("status", "-treatment_on", "-pk")
    for pk in {session.status: session.pk for session in reversed(newest)}.values():
        seen.discard("flowsheet")
        crawl.look(f"{demo_web.url}/riverside/sessions/{pk}/")
    assert not crawl.faults, "\n".join(crawl.faults)
