"""An administrator opens one page, narrows it, prints it, and takes a small and a large export with them; the ledger knows."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from reports.actions.summaries import bring_up_to_date
from reports.models import Disclosure
from tests.cast import NOW
from tests.e2e.crawling import Crawl
from tests.e2e.floor import Floor
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import ObservationFactory

pytestmark = pytest.mark.e2e
AGO = timedelta(minutes=200)
SIDEWAYS = "[...document.querySelectorAll('main, .v-table-wrap')].filter(box => box.scrollWidth > box.clientWidth).length"


def test_the_overview_is_read_narrowed_printed_and_exported(floor: Floor) -> None:
    floor.session("discharged", first_device_at=NOW - AGO, discharged_at=NOW - timedelta(minutes=100))
    admin = floor.open_browser(floor.stack.url)
    admin.sign_in(floor.cast.admin.email, PASSWORD)
    page = admin.page
    admin.go("Reports")
    expect(page.locator("#verdict")).to_contain_text("rules were kept in full")
    expect(page.locator("table").first).to_contain_text("Was the patient watched for the whole minimum time?")
    crawl = Crawl(page, floor.stack.url, set())
    crawl.look(page.url)
    assert crawl.faults == []

    page.get_by_label("Phase").select_option(label="Induction")
    page.get_by_label("Indication").select_option(index=1)
    admin.hands.press(admin.button("Show"))
    expect(page.locator(".v-lead")).to_contain_text("Phase: Induction")
    assert "phase=1" in page.url
    assert "indication=1" in page.url
    assert page.pdf().startswith(b"%PDF")

    with page.expect_download() as small:
        admin.hands.press(admin.button("Export"))
    assert small.value.suggested_filename.startswith("riverside-numbers-")

    page.goto("/riverside/reports/exports/")
    page.get_by_label("From").fill("2024-01-01")
    page.get_by_label("For whom").fill("State board of pharmacy")
    admin.hands.press(admin.button("Export"))
    with page.expect_download() as large:
        page.get_by_role("link", name="Download").click(timeout=15_000)
    assert large.value.suggested_filename.startswith("riverside-visits-2024-01-01")
    page.goto("/riverside/reports/disclosures/")
    expect(page.locator("table")).to_contain_text("State board of pharmacy")
    assert Disclosure.objects.count() == 2


def test_lists_fold_on_a_phone(floor: Floor) -> None:
    """What lies behind a number, and the network's page: nothing scrolls sideways at 390 px, and each value has its word."""
    session = floor.session("discharged", first_device_at=NOW - AGO, discharged_at=NOW - timedelta(minutes=100))
    for minutes, systolic in enumerate(range(118, 132), start=10):
        ObservationFactory(session=session, observed_at=NOW - AGO + timedelta(minutes=minutes), recorded_by=floor.cast.nurse, systolic=systolic)
    bring_up_to_date(floor.cast.riverside, now=NOW)
    admin = floor.open_browser(floor.stack.url, width=390)
    admin.sign_in(floor.cast.admin.email, PASSWORD)
    page = admin.page
    for path, word in (
        ("last_digits/", "How often"),
        ("watched/", "Counted"),
        ("watch_minutes/", "min"),
        (f"network/?until={NOW:%Y-%m}", "All sites"),
    ):
        page.goto(f"/riverside/reports/{path}")
        expect(page.locator(f'td[data-label="{word}" i]').first).to_be_visible()
        assert page.evaluate(SIDEWAYS) == 0, path
