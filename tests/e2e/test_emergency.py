"""One press from the board on a tablet, to the sheet for the ambulance; the station hears it, the treatment room doesn't (MON-5, MON-6)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.cast import NOW
from tests.e2e.crawling import Crawl
from tests.e2e.floor import Floor

pytestmark = pytest.mark.e2e

PLAYED = "() => Number(document.documentElement.dataset.played || 0) > 0"


def test_one_press_from_the_board_to_the_sheet(floor: Floor) -> None:
    session = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=30))
    nurse = floor.nurse(820)
    page = nurse.page
    page.goto("/riverside/")
    nurse.button("Emergency").click()
    nurse.sees("Call 911. Say:")
    nurse.sees(floor.cast.riverside.address)
    emergency = page.url

    page.goto("/riverside/")
    nurse.button("Sound off").click()
    page.wait_for_function(PLAYED)
    expect(page.locator("[data-sound-note]")).to_have_text("Sounding: emergency.")
    page.get_by_label("Your account").click()
    nurse.button("This is a treatment room").click()
    expect(page.locator("[data-sound-note]")).to_contain_text("dim and silent")
    expect(page.locator("html")).to_have_class("is-room")

    page.locator("#calls a").click()
    nurse.button(session.patient.short_name).click()
    nurse.sees(str(session.patient))
    nurse.button("911 called").click()
    nurse.sees("911 called, 10:")
    nurse.link("Sheet for the ambulance").click()
    nurse.sees("56 mg esketamine")
    looked = Crawl(page, floor.stack.url, set())
    for address in (page.url, emergency):
        looked.look(address)
    assert not looked.faults, "\n".join(looked.faults)
