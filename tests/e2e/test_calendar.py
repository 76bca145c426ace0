"""A booked visit goes to another chair by the mouse, to another hour by the keyboard; a taken place sends it back with the reason."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from sessions.models import TreatmentSession
from tests.cast import NOW
from tests.e2e.floor import Floor
from tests.factories.clinic import PASSWORD

pytestmark = pytest.mark.e2e


def drag(page: Page, visit: Locator, chair: str, down: float) -> None:
    """By its upper edge into another chair's column, so many hours further down."""
    lane = page.locator(f'[data-chair-name="{chair}"] [data-lane]')
    lane.scroll_into_view_if_needed()
    visit.scroll_into_view_if_needed()
    here, there = visit.bounding_box(), lane.bounding_box()
    assert here is not None
    assert there is not None
    page.mouse.move(here["x"] + here["width"] - 12, here["y"] + 12)
    page.mouse.down()
    page.mouse.move(there["x"] + 30, here["y"] + 20, steps=3)
    page.mouse.move(there["x"] + 30, here["y"] + 12 + down * 60, steps=3)
    expect(lane.locator(".v-ghost")).to_be_visible()
    page.mouse.up()


def stands(session: TreatmentSession) -> tuple[str, float]:
    session.refresh_from_db()
    return session.chair.name, (session.starts_at - NOW) / timedelta(hours=1)


def test_a_visit_moves_by_drag_and_by_keyboard(floor: Floor) -> None:
    chairs = floor.cast.chairs
    mine = floor.session("booked", chair=chairs[0], starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=4))
    floor.session("booked", chair=chairs[2], starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=4))
    desk = floor.open_browser(floor.stack.url, width=1440)
    desk.sign_in(floor.cast.desk.email, PASSWORD)
    page = desk.page
    page.goto("/riverside/schedule/")
    visit = page.locator(f"#session-{mine.pk}")

    drag(page, visit, chairs[1].name, 0.5)
    expect(page.locator(f'[data-chair-name="{chairs[1].name}"] #session-{mine.pk}')).to_contain_text("11:30")
    assert stands(mine) == (chairs[1].name, 1.5)

    drag(page, visit, chairs[2].name, 0)
    expect(page.get_by_role("alert")).to_contain_text("That chair is taken at that time.")
    assert stands(mine) == (chairs[1].name, 1.5)
    expect(visit).not_to_have_class("is-lifted")

    visit.get_by_role("link").first.focus()
    for key in ("m", "ArrowUp", "ArrowLeft", "Escape"):
        page.keyboard.press(key)
    expect(page.locator("#live")).to_have_text("Not moved.")
    for key in ("m", "ArrowUp", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator("#live")).to_have_text(f"{chairs[0].name}, 11:00 to 14:00")
    page.keyboard.press("Enter")
    expect(page.locator(f'[data-chair-name="{chairs[0].name}"] #session-{mine.pk}')).to_contain_text("11:00")
    expect(visit.get_by_role("link").first).to_be_focused()
    assert stands(mine) == (chairs[0].name, 1.0)

    page.goto("/riverside/schedule/?view=week")
    visit = page.locator(f'li:has(a[href="../sessions/{mine.pk}/"])')
    visit.get_by_role("link").focus()
    for key in ("m", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator('[aria-label="Thu 11"]').locator(visit)).to_contain_text("11:00")
    assert stands(mine) == (chairs[0].name, 25.0)
