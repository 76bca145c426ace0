"""A patient's own telephone: from the mail to the birth date, confirmed, the questions with one red answer, and the desk's board shows it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from patients.models import Contact
from reminders.models import SiteMessaging
from tests.cast import NOW
from tests.e2e.crawling import WIDER, Crawl
from tests.e2e.floor import Floor
from tests.e2e.people import Person
from tests.factories.clinic import PASSWORD

pytestmark = pytest.mark.e2e
ANSWERS = {
    "food": "yes",
    "drink": "yes",
    "nasal": "none",
    "pressure": "no",
    "sedatives": "no",
    "stimulants": "no",
    "opioids": "no",
    "ride": "someone",
}


def look(phone: Person, crawl: Crawl, where: str) -> None:
    """Nothing serious for axe, nothing wider than the screen."""
    crawl.check_axe(where, {})
    crawl.note(bool(phone.page.evaluate(WIDER)), where, "is wider than the screen")


def test_from_the_mail_to_the_board(floor: Floor) -> None:
    cast, stack = floor.cast, floor.stack
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+15185550199", changed_at=NOW, changed_by=cast.admin)
    visit = floor.session("booked", starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))
    stack.wait_until(lambda: bool(stack.smtp.to(visit.patient.email)), seconds=30)
    link = re.search(r"http\S+/v/\S+", stack.smtp.to(visit.patient.email)[0].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link is not None

    phone = floor.open_browser(stack.url, width=390, has_touch=True, is_mobile=True)
    page, crawl = phone.page, Crawl(phone.page, stack.url, set())
    page.goto(link[0])
    look(phone, crawl, "door")
    page.get_by_label("Month").select_option(str(visit.patient.birth_on.month))
    page.get_by_label("Day").fill(str(visit.patient.birth_on.day))
    page.get_by_label("Year").fill(str(visit.patient.birth_on.year))
    phone.hands.press(phone.button("Continue"))
    look(phone, crawl, "visit")
    phone.hands.press(phone.button("Yes, I will come"))
    expect(page.get_by_role("status")).to_contain_text("you are confirmed")
    look(phone, crawl, "confirmed")

    phone.hands.press(phone.link("Get ready"))
    expect(page.get_by_label("Name of who brings you home")).to_be_hidden()
    phone.choose(**ANSWERS)
    phone.hands.write(page.get_by_label("Name of who brings you home"), "Ana Ruiz")
    phone.hands.write(page.get_by_label("Their phone"), "518 555 0177")
    phone.tick("ride_text")
    look(phone, crawl, "prepare")
    phone.hands.press(phone.button("Send my answers"))
    expect(page.get_by_role("status")).to_contain_text("somebody will look at them")
    phone.sees("Keep coming to your visit unless we call you.")
    look(phone, crawl, "prepared")
    assert Contact.objects.get(phone="+15185550177").may_text

    desk = floor.open_browser(stack.url)
    desk.sign_in(cast.desk.email, PASSWORD)
    expect(desk.page.locator(".v-tasks")).to_contain_text(visit.patient.short_name)
    expect(desk.page.locator(".v-tasks")).to_contain_text("an answer of theirs needs a look")
    assert not crawl.faults, "\n".join(crawl.faults)
