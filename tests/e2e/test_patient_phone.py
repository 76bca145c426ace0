"""A patient's own telephone: from the mail to the birth date, confirmed, the questions with one red answer, and the desk's board shows it."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect

from clinic import clock
from patients.models import Contact
from reminders.actions.send import send_due
from reminders.actions.sweep import sweep
from reminders.models import SiteMessaging
from tests.cast import NOW, make_cast
from tests.e2e.crawling import WIDER, Crawl
from tests.e2e.people import Opener, Person
from tests.factories.clinic import PASSWORD
from tests.factories.sessions import at_state
from tests.support.fixtures import StackMaker
from tests.support.stack import LiveStack

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


@pytest.fixture
def house(make_stack: StackMaker, settings: LazySettings) -> LiveStack:
    """A web of its own at ten in the morning; the outbox is swept and sent from here, so that nothing waits for a beat."""
    stack = make_stack("web")
    settings.VIGIL_ORIGIN, settings.EMAIL_BACKEND = stack.url, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", stack.smtp.port, False
    stack.move_clock(NOW - clock.now())
    return stack


def test_from_the_mail_to_the_board(house: LiveStack, open_browser: Opener) -> None:
    cast, stack = make_cast(), house
    SiteMessaging.objects.create(site=cast.riverside, provider="http", sender="+15185550199", changed_at=NOW, changed_by=cast.admin)
    visit = at_state("booked", cast, starts_at=NOW + timedelta(hours=25), ends_at=NOW + timedelta(hours=28))
    sweep(now=NOW)
    assert send_due(now=NOW) == {"sent": 1}
    (mail,) = stack.smtp.wait_for(1)
    assert mail["X-Envelope-To"] == visit.patient.email
    link = re.search(r"http\S+/v/\S+", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link is not None

    phone = open_browser(stack.url, width=390, has_touch=True, is_mobile=True)
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

    answer_at_home(phone, crawl)
    desk = open_browser(stack.url)
    desk.sign_in(cast.desk.email, PASSWORD)
    expect(desk.page.locator(".v-tasks")).to_contain_text(visit.patient.short_name)
    expect(desk.page.locator(".v-tasks")).to_contain_text("an answer of theirs needs a look")
    assert not crawl.faults, "\n".join(crawl.faults)


def answer_at_home(phone: Person, crawl: Crawl) -> None:
    """One red answer, and somebody who brings them home."""
    page = phone.page
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
