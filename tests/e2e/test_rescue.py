"""It snows: an administrator closes a day from the settings and rescues its visits by keyboard alone (DOS-9)."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from sessions.models import Settled, TreatmentSession
from tests.cast import NOW
from tests.e2e.floor import Floor
from tests.e2e.hands import Keyboard
from tests.factories.clinic import PASSWORD

pytestmark = pytest.mark.e2e
FRIDAY = date(2026, 6, 12)


def test_close_a_day_and_rescue_it(floor: Floor) -> None:
    at = NOW + timedelta(days=2)
    for chair in floor.cast.chairs[:3]:
        floor.session("booked", chair=chair, starts_at=at, ends_at=at + timedelta(minutes=180))
    admin = floor.open_browser(floor.stack.url, width=820, hands=Keyboard)
    admin.sign_in(floor.cast.admin.email, PASSWORD)
    admin.page.goto("/riverside/settings/closures/")
    admin.hands.write_day(admin.page.get_by_label("First day"), FRIDAY)
    admin.hands.write(admin.page.get_by_label("Reason"), "Snow")
    admin.hands.press(admin.button("Mark as closed"))
    admin.hands.press(admin.link("Its visits"))
    admin.sees("Closed: Snow. 0 of 3 settled.")
    admin.hands.press(admin.page.locator("main section").first.locator("button[name=offer]").first)
    admin.sees("1 of 3 settled.")
    admin.page.goto("/riverside/")
    admin.sees("2 booked visits have no open clinic on 12 Jun.")
    admin.hands.press(admin.link("Settle them"))
    admin.hands.press(admin.button("Accept all 2 proposals"))
    admin.sees("3 of 3 settled.")
    expect(admin.page.get_by_role("main")).to_contain_text("No visit waits on this day")
    assert not TreatmentSession.objects.filter(treatment_on=FRIDAY, status="booked").exists()
    assert Settled.objects.filter(outcome="moved").count() == 3
