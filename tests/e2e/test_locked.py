"""A tablet that lies about: it locks itself, shows nobody's name, gives what was typed back to its person, and nothing to another."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clinic.models import SitePolicy
from tests.cast import NOW
from tests.e2e.floor import Floor
from tests.e2e.people import Complaints
from tests.factories.changing import change
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import at_state

pytestmark = pytest.mark.e2e
NAMES = re.compile("Heron|Rowan", re.IGNORECASE)


@pytest.fixture
def ten_minutes(floor: Floor) -> Iterator[None]:
    before = SitePolicy.objects.values_list("lock_after_minutes", flat=True)[0]
    SitePolicy.objects.update(lock_after_minutes=10)
    yield
    SitePolicy.objects.update(lock_after_minutes=before)


@pytest.mark.usefixtures("ten_minutes")
def test_the_lock_keeps_what_was_typed_for_its_person_alone(floor: Floor, complaints: Complaints) -> None:
    complaints.meant = (*complaints.meant, "status of 401", "Error Code 401")
    session = at_state("monitoring", floor.cast, first_device_at=NOW - timedelta(minutes=50))
    change(type(session.patient).objects.filter(pk=session.patient_id), first_name="Rowan", last_name="Heron")
    nurse = floor.open_browser(floor.stack.url, width=820)
    page = nurse.page
    nurse.sign_in(floor.cast.nurse.email, PASSWORD)
    page.goto(reverse("contact_new", args=["riverside", session.patient_id]))
    expect(page.locator("body")).to_contain_text("Heron")
    page.get_by_label("Name").fill("Alder Heron")
    floor.stack.move_clock(timedelta(minutes=11))
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()  # by the page's own poll: nobody touches anything
    expect(page.locator("body")).to_contain_text("Chair 1")
    expect(page.locator("body")).not_to_contain_text(NAMES)
    page.go_back()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(NAMES)
    page.go_forward()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_have_value("Alder Heron")
    expect(page.get_by_role("main")).to_contain_text("Typed before the screen was locked")
    page.get_by_label("Name").fill("Alder Heron again")
    page.keyboard.press("Control+Alt+KeyL")
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    page.go_back()
    expect(page.locator("body")).not_to_contain_text(NAMES)
    page.goto("/locked/")
    page.get_by_role("link", name="Somebody else: sign in").click()
    nurse.sign_in_here(floor.cast.second_nurse.email)
    expect(page).to_have_url(re.compile("/riverside/$"))
    assert page.evaluate("() => Object.keys(sessionStorage).filter((name) => name.startsWith('vigil:typed'))") == []
