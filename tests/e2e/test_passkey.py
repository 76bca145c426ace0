"""A passkey in a real browser: added, it signs its person in without the password, and signs a record in the password's place."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic.models import Signature
from tests.cast import NOW
from tests.e2e.floor import Floor
from tests.e2e.people import Person
from tests.support.factors import asks_for_both

pytestmark = pytest.mark.e2e


def with_authenticator(person: Person) -> None:
    """A key of the browser's own that has a PIN, and says yes."""
    session = person.page.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    traits = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {"protocol": "ctap2", "transport": "internal", **traits}})


def test_set_up_signed_in_and_signed(floor: Floor) -> None:
    session = floor.session("discharged", first_device_at=NOW - timedelta(minutes=300))
    asks_for_both(floor.cast.riverside)
    # A passkey is bound to a name; an address of digits has none.
    nurse = floor.open_browser(floor.stack.url.replace("127.0.0.1", "localhost"), width=820)
    nurse.page.goto("/")
    with_authenticator(nurse)
    nurse.sign_in_here(floor.cast.nurse.email)
    nurse.sees("This site asks for a second step at sign-in.")
    nurse.hands.press(nurse.link("Add a passkey"))
    nurse.hands.press(nurse.button("Add it now"))
    nurse.sees("Write these down now")
    nurse.hands.press(nurse.link("I have written them down"))
    expect(nurse.page.get_by_role("navigation", name="Pages of this site")).to_be_visible()

    nurse.hands.press(nurse.page.get_by_label("Your account"))
    nurse.hands.press(nurse.button("Sign out"))
    nurse.hands.press(nurse.button("Use a passkey instead"))
    expect(nurse.page.get_by_role("navigation", name="Pages of this site")).to_be_visible()

    nurse.page.goto(f"/riverside/sessions/{session.pk}/addenda/")
    nurse.hands.write(nurse.page.get_by_label("What you add"), "She called: all is well.")
    nurse.hands.write(nurse.page.get_by_label("Why it comes later"), "Told by telephone")
    nurse.hands.press(nurse.button("A passkey instead"))
    nurse.sees("She called: all is well.")
    assert Signature.objects.get(target_kind="addendum").confirmed_by == "passkey"
