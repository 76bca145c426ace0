"""Every page that an administrator can reach by their links: the most of all roles, so in a file, and a process, of its own."""

import pytest

from tests.e2e.crawling import walk_of
from tests.e2e.people import Opener
from tests.support.stack import LiveStack

pytestmark = pytest.mark.e2e

# Several walks, each looking at a share of the pages.
PARTS = 4
# What the walk must have met, or it has lost its way.
LEAST = {
    "board", "flowsheet", "session_record", "leaving_sheet", "schedule", "session_book", "patient_list", "patient_new", "patient_edit", "patient_chart",
    "filing", "form", "form_blank", "messages", "reports", "report_list", "staff", "staff_member", "duty", "site_settings", "policies", "audit",
    "course_plan", "session_next", "rescue", "closures", "ahead", "intake_list", "feeds", "binder", "auditors",
}  # fmt: skip


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_of_an_administrator(part: int, demo_web: LiveStack, open_browser: Opener, seen: set[str]) -> None:
    assert walk_of("admin", demo_web, open_browser, seen, part, PARTS) >= LEAST
