"""The board as it hangs in the corridor: it ticks by itself, takes news without flicker, is loud about what is late, plain about a lost line."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from sessions.models import TreatmentSession
from tests.cast import NOW
from tests.e2e.day import save_button
from tests.e2e.floor import Floor
from tests.e2e.people import Complaints, Person
from tests.factories.sessions import ObservationFactory

pytestmark = pytest.mark.e2e

# A poll comes every ten seconds.
SOON = 25_000
REQUESTS = "() => performance.getEntriesByType('resource').length"


def card(page: Page, session: TreatmentSession):
    return page.locator(f"#chair-s{session.pk}")


def at_board(floor: Floor) -> Person:
    nurse = floor.nurse()
    nurse.page.goto("/riverside/")
    return nurse


def test_clocks_tick_without_the_server(floor: Floor) -> None:
    session = floor.session("dosing", first_device_at=NOW - timedelta(minutes=1))
    page = at_board(floor).page
    rest = card(page, session).locator(".v-next .v-clock")
    first, asked = rest.inner_text(), page.evaluate(REQUESTS)
    assert re.fullmatch(r"[34]:\d\d", first)
    page.wait_for_function(
        "([id, text]) => document.querySelector(`#${id} .v-next .v-clock`).textContent !== text", arg=[f"chair-s{session.pk}", first]
    )
    assert page.evaluate(REQUESTS) == asked


def test_news_comes_by_itself_and_nothing_moves_without_news(floor: Floor) -> None:
    """While nothing is new the same elements stay; then the new check shows, and the focus stays where it was."""
    session = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=37))
    page = at_board(floor).page
    expect(card(page, session).locator(".v-next")).to_contain_text("40-minute check")
    link = card(page, session).get_by_role("link")
    link.focus()
    page.evaluate("() => { document.getElementById('board').isTheSame = true; }")
    with page.expect_response(lambda answer: answer.status == 204, timeout=SOON):
        pass
    assert page.evaluate("() => document.getElementById('board').isTheSame")

    save_by_another(floor, session)
    expect(card(page, session).locator(".v-next")).not_to_contain_text("40-minute check", timeout=SOON)
    expect(link).to_be_focused()


def save_by_another(floor: Floor, session: TreatmentSession) -> None:
    """A second nurse at another browser takes the check."""
    other = floor.nurse()
    floor.open(other, session)
    for name, value in {"systolic": "128", "diastolic": "80", "pulse": "70", "spo2": "98"}.items():
        other.page.locator(f"#check-{name}").fill(value)
    other.button("All well").click()
    save_button(other).click()
    expect(other.page.locator(".v-checks")).to_contain_text("128/80")


def test_a_late_check_is_loud(floor: Floor) -> None:
    """Order, words, shape, colour and the tab's title say it; not colour alone."""
    calm = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=20))
    late = floor.session("monitoring", first_device_at=NOW - timedelta(minutes=43))
    ObservationFactory(session=calm, kind="planned", planned_minute=0, observed_at=NOW)
    page = at_board(floor).page
    expect(page).to_have_title(re.compile(r"^Board"))
    floor.stack.move_clock(timedelta(minutes=6))
    expect(page).to_have_title(re.compile(r"^\(\d late\) Board"), timeout=SOON)
    expect(card(page, late).locator(".v-next")).to_contain_text("late")
    expect(card(page, late).locator("article")).to_have_class(re.compile("is-late"))
    expect(card(page, calm).locator("article")).not_to_have_class(re.compile("is-late"))
    places = page.locator("[data-chair]").evaluate_all("(all) => all.map((one) => one.id)")
    assert places.index(f"chair-s{late.pk}") < places.index(f"chair-s{calm.pk}")


def test_a_lost_line_is_said_while_the_clocks_go_on(floor: Floor, complaints: Complaints) -> None:
    complaints.meant = (*complaints.meant, "sendError", "htmx:")
    session = floor.session("dosing", first_device_at=NOW - timedelta(minutes=1))
    page = at_board(floor).page
    page.context.set_offline(True)
    bar = page.locator("#connection")
    expect(bar).to_contain_text("Connection lost.")
    expect(bar).to_contain_text(re.compile(r"Last heard \d+ s ago"))
    rest = card(page, session).locator(".v-next .v-clock")
    before = rest.inner_text()
    expect(rest).not_to_have_text(before)
    page.context.set_offline(False)
    expect(bar).to_be_hidden(timeout=SOON)
