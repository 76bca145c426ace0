"""Two people sign one early discharge on one tablet; then a patient who simply went, and the safety call that is due (OUT-3, MSG-7)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from sessions.actions.leaving import record_readiness
from sessions.models import Discharge, SafetyCall
from sessions.rules.readiness import ITEMS
from tests.cast import NOW
from tests.e2e.floor import Floor
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import ObservationFactory

pytestmark = pytest.mark.e2e


def test_early_by_two_people_then_gone_without_a_word(floor: Floor) -> None:
    session = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=95))
    ObservationFactory(session=session, observed_at=NOW - timedelta(minutes=1), recorded_by=floor.cast.nurse)
    ready = {item.id: item.good[0] for item in ITEMS}
    record_readiness(session, answers=ready, observed_at=NOW, client_key=uuid4(), by=floor.cast.nurse, now=NOW)
    nurse = floor.nurse(820)
    nurse.page.goto(f"/riverside/sessions/{session.pk}/?step=leave")
    nurse.hands.press(nurse.link("Leave early"))
    nurse.sees("The two hours aren't over")
    nurse.hands.write(nurse.page.get_by_label("Why the patient leaves now"), "Her child is ill")
    nurse.hands.write(nurse.page.get_by_label("Your password"), PASSWORD)
    nurse.hands.write(nurse.page.get_by_label("The prescriber’s e-mail"), floor.cast.prescriber.email)
    nurse.hands.write(nurse.page.get_by_label("The prescriber’s password"), "guessed")
    nurse.hands.press(nurse.button("Both sign"))
    nurse.sees("That is not your password")
    assert not Discharge.objects.filter(session=session).exists()
    nurse.hands.write(nurse.page.get_by_label("Your password"), PASSWORD)
    nurse.hands.write(nurse.page.get_by_label("The prescriber’s password"), PASSWORD)
    nurse.hands.press(nurse.button("Both sign"))
    expect(nurse.page.locator("#flowsheet")).to_be_visible()
    assert Discharge.objects.get(session=session).second_signer == floor.cast.prescriber

    other = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=30))
    floor.open(nurse, other)
    nurse.hands.press(nurse.page.locator("summary", has_text="The patient has gone"))
    nurse.hands.press(nurse.link("Left without sign-off"))
    nurse.hands.press(nurse.button("Drowsy"))
    nurse.hands.press(nurse.button("Record that they left"))
    nurse.sees("A safety call is due: left without sign-off.")
    nurse.hands.press(nurse.page.get_by_role("main").get_by_role("link", name="Call", exact=True))
    nurse.choose(reached="yes")
    nurse.hands.write(nurse.page.get_by_label("What you found and agreed"), "At home with her brother, awake")
    nurse.hands.press(nurse.button("Save and close the call"))
    expect(nurse.page.locator("#flowsheet")).not_to_contain_text("A safety call is due")
    assert SafetyCall.objects.get(session=other).closed_how == "At home with her brother, awake"
