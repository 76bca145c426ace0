"""A patient doesn't come: marked as missed, decided, and the rest of the course accepted as it was proposed anew (DOS-6)."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.cast import NOW
from tests.e2e.floor import Floor
from tests.factories.clinic import ClosureFactory

pytestmark = pytest.mark.e2e
MONDAY = date(2026, 6, 15)


def test_missed_decided_and_the_rest_accepted(floor: Floor) -> None:
    visit = floor.session("booked")
    chair = floor.cast.chairs[3]
    later = floor.session("booked", patient=visit.patient, chair=chair, starts_at=NOW + timedelta(days=5))
    ClosureFactory(site=floor.cast.riverside, closed_on=MONDAY)
    nurse = floor.nurse(820)
    floor.open(nurse, visit)
    nurse.sees("20 minutes after the visit’s time.")
    nurse.hands.press(nurse.page.locator("summary", has_text="did not come"))
    nurse.hands.press(nurse.page.locator("form.v-reason", has_text="Did not come, because").get_by_role("button", name="Forgot"))
    nurse.hands.press(nurse.page.get_by_role("button", name="Did not come", exact=True))
    nurse.sees("how does the course go on?")
    nurse.hands.press(nurse.link("Decide"))
    nurse.choose(choice="keep")
    nurse.hands.press(nurse.button("Decide"))
    nurse.sees("Go on with the present schedule.")
    nurse.sees("Mon 15 Jun")
    nurse.hands.press(nurse.button("Accept all changes"))
    expect(nurse.button("Accept all changes")).to_have_count(0)
    later.refresh_from_db()
    assert (later.treatment_on == MONDAY, later.schedule_version, later.status) == (False, 2, "booked")
