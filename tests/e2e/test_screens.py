"""A patient's own screen and the nurse's board: a call for help is heard over a broken line, answered, and said to be answered."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic.actions.screens import enrol_screen
from sessions.models import HelpCall, SessionEvent
from tests.cast import NOW
from tests.e2e.crawling import axe
from tests.e2e.floor import Floor
from tests.e2e.people import Complaints

pytestmark = pytest.mark.e2e

# A poll comes every ten seconds.
SOON = 25_000
SERIOUS = "async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })).violations.map((one) => one.id)"


def test_help_from_the_patients_screen_reaches_the_board_and_comes_back_answered(floor: Floor, complaints: Complaints) -> None:
    complaints.meant = (*complaints.meant, "htmx:")
    chair = floor.cast.chairs[0]
    session = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=20), chair=chair)
    _, token = enrol_screen(floor.cast.riverside, name="Tablet", kind="patient", chair=chair, by=floor.cast.admin, now=NOW)
    _, wall_token = enrol_screen(floor.cast.riverside, name="Wall", kind="wall", chair=None, by=floor.cast.admin, now=NOW)
    nurse = floor.nurse()
    nurse.page.goto("/riverside/")
    tablet = floor.open_browser(floor.stack.url, width=820)
    tablet.page.goto(f"/r/{token}/")
    tablet.page.evaluate(axe())
    assert tablet.page.evaluate(SERIOUS) == []
    tablet.button("Bad").click()
    expect(tablet.page.get_by_role("main")).to_contain_text("The staff sees it now")

    tablet.page.context.set_offline(True)
    tablet.button("Call for help").click()
    expect(tablet.page.get_by_role("alert")).to_contain_text("please call out")
    tablet.page.context.set_offline(False)
    expect(tablet.page.get_by_role("main")).to_contain_text("Help is called", timeout=SOON)

    card = nurse.page.locator(f"#chair-s{session.pk}")
    expect(card).to_contain_text("Help asked", timeout=SOON)
    expect(card).to_contain_text("Says: feels bad")
    card.get_by_role("button", name="I am there").click()
    expect(card).not_to_contain_text("Help asked")
    expect(tablet.page.get_by_role("main")).to_contain_text("Somebody has answered your call", timeout=SOON)
    call = HelpCall.objects.get(session=session)
    assert call.answered_by == floor.cast.nurse
    assert SessionEvent.objects.get(session=session).recorded_via == "screen"

    tablet.page.goto(f"/r/{wall_token}/")
    tablet.page.evaluate(axe())
    assert tablet.page.evaluate(SERIOUS) == []
    expect(tablet.page.get_by_role("main")).to_contain_text("Monitoring")
