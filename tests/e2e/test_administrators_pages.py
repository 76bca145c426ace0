"""Every page that an administrator can reach by their links: the most of all roles, so in a file, and a process, of its own."""

import pytest

from tests.e2e.crawling import Seen, walk_of
from tests.e2e.people import Opener
from tests.support.stack import LiveStack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

# What the walk must have met, or it has lost its way.
LEAST = {
    "board", "flowsheet", "session_record", "leaving_sheet", "schedule", "session_book", "patient_list", "patient_new", "patient_edit", "patient_chart",
    "filing", "form", "form_blank", "messages", "reports", "report_list", "staff", "staff_member", "duty", "site_settings", "policies", "audit",
    "course_plan", "session_next", "rescue", "closures", "ahead", "intake_list", "feeds", "binder", "auditors",
}  # fmt: skip


def test_every_page_of_an_administrator(demo_web: LiveStack, open_browser: Opener, seen: Seen) -> None:
    assert walk_of("admin", demo_web, open_browser, seen) >= LEAST
