"""Every page that each role can reach by its links: no fault, no complaint of the browser, nothing serious for axe, nothing wider than the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from sessions.models import TreatmentSession
from tests.e2e.crawling import Crawl
from tests.e2e.people import Opener
from tests.support.database import Databases
from tests.support.fixtures import stacks
from tests.support.stack import LiveStack

pytestmark = pytest.mark.e2e

# From the most pages to the fewest: axe looks at a page where it is met first.
# An administrator reaches most of all: several walks, each looking at a share of the pages.
SHARES = {"admin": 4, "prescriber": 2, "nurse": 1, "desk": 1, "support": 1, "auditor": 1}
WALKS = tuple((role, part, parts) for role, parts in SHARES.items() for part in range(parts))
# What the walk must have met, or it has lost its way.
LEAST = {
    "board", "flowsheet", "session_record", "leaving_sheet", "schedule", "session_book", "patient_list", "patient_new", "patient_edit", "patient_chart",
    "filing", "form", "form_blank", "messages", "reports", "report_list", "staff", "staff_member", "duty", "site_settings", "policies", "audit",
    "course_plan", "session_next", "rescue", "closures", "ahead", "intake_list", "feeds", "binder", "auditors",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo_web(databases: Databases, demonstration: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    """The demonstration's web alone: no worker changes a page while it is looked at."""
    for make in stacks(databases, django_db_blocker, tmp_path_factory):
        yield make("web", copy_of=demonstration)


@pytest.fixture(scope="module")
def seen() -> set[str]:
    return set()


@pytest.mark.parametrize(("role", "part", "parts"), WALKS)
def test_every_page_of_a_role(role: str, part: int, parts: int, demo_web: LiveStack, open_browser: Opener, seen: set[str]) -> None:
    person = open_browser(demo_web.url)
    person.sign_in(f"{role}@demo.example", settings.VIGIL_DEMONSTRATION_PASSWORD)
    crawl = Crawl(person.page, demo_web.url, seen, part, parts)
    crawl.walk(f"{demo_web.url}/riverside/{'reports/' if role == 'auditor' else ''}")
    assert not crawl.faults, "\n".join(crawl.faults)
    assert not [key for key in crawl.visited if key.startswith("dead link")], crawl.visited
    assert role != "admin" or {key.partition(" ")[0] for key in crawl.visited} >= LEAST


def test_every_state_of_a_session(demo_web: LiveStack, open_browser: Opener, seen: set[str]) -> None:
    """The flowsheet of today's sessions, one of each state, each at its open step."""
    person = open_browser(demo_web.url)
    person.sign_in("prescriber@demo.example", settings.VIGIL_DEMONSTRATION_PASSWORD)
    crawl = Crawl(person.page, demo_web.url, seen)
    newest = TreatmentSession.objects.filter(site__slug="riverside").order_by("status", "-treatment_on", "-pk")
    for pk in {session.status: session.pk for session in reversed(newest)}.values():
        seen.discard("flowsheet")
        crawl.look(f"{demo_web.url}/riverside/sessions/{pk}/")
    assert not crawl.faults, "\n".join(crawl.faults)
